-- Whether somebody may act for an office: of staff its own, for Disdukcapil operators and supervisors.
CREATE OR REPLACE FUNCTION delivery_acts_for(actor text, kecamatan smallint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT actor NOT LIKE 'staff:%' OR EXISTS (
        SELECT FROM staff_user u JOIN staff_user_groups ug ON ug.user_id = u.id JOIN auth_group g ON g.id = ug.group_id
        WHERE 'staff:' || u.id = actor AND u.is_active AND u.kecamatan_id IS NOT DISTINCT FROM kecamatan
          AND CASE WHEN kecamatan IS NULL THEN g.name IN ('operator', 'supervisor') ELSE g.name = 'kecamatan' END)
$$;

-- What was on its way comes to the office that its hand-over goes to.
CREATE OR REPLACE FUNCTION delivery_take(pieces bigint[], its_handover bigint) RETURNS void LANGUAGE sql AS $$
    SELECT delivery_move(pieces, 'received', CASE leg WHEN 'to_kelurahan' THEN 'kelurahan' ELSE 'kecamatan' END,
                         coalesce(to_kelurahan_id, to_kecamatan_id))
    FROM delivery_handover WHERE id = its_handover
$$;

-- What was to go away stays with the office that gave it.
CREATE OR REPLACE FUNCTION delivery_give_back(pieces bigint[], its_act text, kecamatan smallint) RETURNS void LANGUAGE sql AS $$
    SELECT delivery_move(pieces, its_act, CASE WHEN kecamatan IS NULL THEN 'operator' ELSE 'kecamatan' END, coalesce(kecamatan, 0))
$$;

-- A card that is packed goes no further by itself. What ends its life is booked; on the way a loss is a supervisor's.
CREATE OR REPLACE FUNCTION delivery_step_while_packed(its_card bigint, new_stage text, why text, who text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE place record;
BEGIN
    SELECT l.*, h.state INTO place FROM delivery_handovercard l JOIN delivery_handover h ON h.id = l.handover_id
    WHERE l.card_id = its_card AND l.open;
    IF new_stage IN ('AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'DELIVERED') THEN
        RAISE EXCEPTION USING ERRCODE = 'EK021', MESSAGE = 'a card in a hand-over is received there before it goes on';
    ELSIF place.state = 'called' THEN
        UPDATE delivery_handovercard SET open = false, outcome = 'left' WHERE handover_id = place.handover_id AND line = place.line;
    ELSIF why IN ('lost', 'not_found') THEN
        IF who LIKE 'staff:%' AND NOT tracking_is_supervisor(who) THEN
            RAISE EXCEPTION USING ERRCODE = 'EK017', MESSAGE = 'only a supervisor books a card on its way to lost';
        END IF;
        UPDATE delivery_handovercard SET open = false, outcome = 'missing', settled = 'lost',
               deadline = coalesce(deadline, (now() AT TIME ZONE 'Asia/Jakarta')::date)
        WHERE handover_id = place.handover_id AND line = place.line;
    END IF;
END $$;
