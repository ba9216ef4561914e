-- Whether a card may go out from this kecamatan: it lies there or at one of its kelurahan offices, nothing keeps it back.
CREATE OR REPLACE FUNCTION delivery_may_go_out(card bigint, kecamatan smallint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM public.tracking_card c JOIN public.delivery_piece p ON p.card_id = c.id AND p.current
        WHERE c.id = card AND c.stage IN ('AT_KECAMATAN', 'RETURNED') AND c.place_id = kecamatan AND NOT c.blocked
          AND (c.outside_ledger <= c.outside_confirmed)
          AND ((p.holder, p.holder_id) = ('kecamatan', kecamatan) OR p.holder = 'kelurahan'
               AND p.holder_id IN (SELECT k.id FROM public.tracking_kelurahan k WHERE k.kecamatan_id = kecamatan))
          AND NOT EXISTS (SELECT FROM public.delivery_handovercard l WHERE l.card_id = card AND l.open))
$$;
