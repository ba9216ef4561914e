-- The kecamatan whose officer acts, if it is one's.
CREATE OR REPLACE FUNCTION delivery_kecamatan_of(actor text) RETURNS smallint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT u.kecamatan_id FROM staff_user u WHERE 'staff:' || u.id = actor AND u.is_active
$$;

-- The courier who has a card in hand now, 0 where nobody wrote it down.
CREATE OR REPLACE FUNCTION delivery_courier_of(card bigint) RETURNS bigint LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN coalesce((SELECT d.taken_by_id FROM delivery_roundcard r JOIN delivery_round d ON d.id = r.round_id
                     WHERE r.card_id = card AND r.ended = ''), 0);
END $$;

-- These physical cards come to another holder, each from whoever has it. Only what runs with the owner's rights can.
CREATE OR REPLACE FUNCTION delivery_move(pieces bigint[], its_act text, to_kind text, to_which bigint) RETURNS bigint
LANGUAGE plpgsql AS $$
DECLARE moved bigint;
BEGIN
    INSERT INTO delivery_custody (piece_id, number, giver, giver_id, taker, taker_id, act, event_id, at, actor, source)
    SELECT p.id, p.moves + 1, p.holder, p.holder_id, to_kind, to_which, its_act,
           (SELECT coalesce(max(e.id), 0) FROM tracking_event e WHERE e.card_id = p.card_id),
           now(), tracking_actor(), tracking_source()
    FROM delivery_piece p WHERE p.id = ANY (pieces);
    GET DIAGNOSTICS moved = ROW_COUNT;
    RETURN moved;
END $$;

-- For triggers of hand-overs and rounds: cards pass from one holder to another without a step. All of them, or EK020.
CREATE OR REPLACE FUNCTION delivery_pass(
    cards bigint[], its_act text, from_kind text, from_which bigint, to_kind text, to_which bigint)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE held bigint[];
BEGIN
    SELECT array_agg(p.id) INTO held
    FROM delivery_piece p WHERE p.card_id = ANY (cards) AND p.current AND (p.holder, p.holder_id) = (from_kind, from_which);
    IF coalesce(cardinality(held), 0) <> cardinality(cards) THEN
        RAISE EXCEPTION USING ERRCODE = 'EK020', MESSAGE = 'a card is given by whoever holds it, once';
    END IF;
    PERFORM delivery_move(held, its_act, to_kind, to_which);
END $$;

-- Whose last step is undone is with whoever had it before that step; on the list of a hand-over it is open again.
CREATE OR REPLACE FUNCTION delivery_correct(its_card bigint, new_stage text, undone bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE its delivery_piece; was record; place record;
BEGIN
    SELECT l.*, h.state INTO place FROM delivery_handovercard l JOIN delivery_handover h ON h.id = l.handover_id
    WHERE l.card_id = its_card AND l.open;
    IF place.state = 'called' THEN
        UPDATE delivery_handovercard SET open = false, outcome = 'left' WHERE handover_id = place.handover_id AND line = place.line;
    ELSIF place.state IS NOT NULL AND new_stage = 'BLANK_ALLOCATED' THEN
        RAISE EXCEPTION USING ERRCODE = 'EK021', MESSAGE = 'a card on its way is not taken back to the printer';
    END IF;
    SELECT * INTO its FROM delivery_piece p WHERE p.card_id = its_card AND p.current;
    IF NOT FOUND THEN
        -- outside the ledger there is no serial that would tell
        UPDATE delivery_piece p SET current = true
        WHERE p.id = (SELECT max(x.id) FROM delivery_piece x WHERE x.card_id = its_card) AND p.series_id IS NULL
          AND EXISTS (SELECT FROM tracking_card c WHERE c.id = its_card AND c.outside_ledger AND c.stage IN ('BLANK_ALLOCATED',
                      'PRINTED', 'AT_KECAMATAN', 'OUT_FOR_DELIVERY', 'RETURNED', 'DELIVERED'))
        RETURNING * INTO its;
        IF NOT FOUND THEN
            RETURN;
        END IF;
    END IF;
    SELECT c.taker, c.taker_id INTO was FROM delivery_custody c
    WHERE c.piece_id = its.id AND c.event_id < undone ORDER BY c.number DESC LIMIT 1;
    IF was IS NULL THEN
        -- that step was the first that anybody knew of this card
        PERFORM delivery_move(ARRAY[its.id], 'corrected', 'none', 0);
        UPDATE delivery_piece SET current = false WHERE id = its.id;
    ELSIF (was.taker, was.taker_id) <> (its.holder, its.holder_id) THEN
        IF was.taker = 'transit' THEN
            SELECT l.*, h.state INTO place FROM delivery_handovercard l JOIN delivery_handover h ON h.id = l.handover_id
            WHERE l.handover_id = was.taker_id AND l.card_id = its_card;
            IF place.state <> 'released' AND place.outcome <> 'missing' THEN
                RAISE EXCEPTION USING ERRCODE = 'EK023', MESSAGE = 'the record of this hand-over is signed: what it says was received stays so';
            END IF;
            UPDATE delivery_handovercard SET open = true, settled = '', outcome = CASE outcome WHEN 'missing' THEN 'missing' ELSE '' END
            WHERE handover_id = was.taker_id AND card_id = its_card;
        END IF;
        PERFORM delivery_move(ARRAY[its.id], 'corrected', was.taker, was.taker_id);
    END IF;
END $$;
