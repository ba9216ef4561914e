"""Every field of every table of ours has a privacy class. A field that is added needs one here before anything lands.

CARD points to one card or citizen and says nothing by itself; CITIZEN is a citizen's data in the clear; SEALED opens
with the keys alone; KEYED is a hash or something drawn by chance; WORKER is about staff, couriers and contacts of
partners; ACTOR names an account by its number or name; WORDS are typed by staff, who are told to name nobody; FACT
is none of these. docs/privacy.md says what each is for and when it goes.
"""

CARD, CITIZEN, SEALED, KEYED = "card", "citizen", "sealed", "keyed"
WORKER, ACTOR, WORDS, FACT = "worker", "actor", "words", "fact"

FIELDS: dict[str, dict[str, str]] = {
    "staff.AccessLog": {
        CARD: "card_ids",
        ACTOR: "user_id username",
        WORDS: "reason",
        FACT: "id at office action source",
    },
    "staff.Authenticator": {
        SEALED: "secret_sealed",
        ACTOR: "user",
        FACT: "id since last_step tries tried_at",
    },
    "staff.RecoveryCode": {KEYED: "code_hash", FACT: "id authenticator used_at"},
    "staff.SecondStepAct": {ACTOR: "user_id username actor", FACT: "id at act reason"},
    "staff.User": {
        KEYED: "password",
        WORKER: "username first_name last_name email position nip phone",
        FACT: "id last_login is_superuser is_active date_joined is_staff kecamatan_id",
    },
    "outbox.Message": {FACT: "id name kind key about state tries made_at due_at claimed_at sent_at fault"},
    "tracking.Block": {
        CARD: "card_id",
        ACTOR: "actor lifted_by",
        FACT: "id reason source at code central_from central_until lifted_at lift_reason",
    },
    "tracking.Kecamatan": {FACT: "id code name slug"},
    "tracking.Kelurahan": {FACT: "id code name kecamatan"},
    "tracking.Citizen": {
        CARD: "id",
        CITIZEN: "name kelurahan rw rt recorded_at",
        SEALED: "nik_sealed address_sealed phone_sealed",
        KEYED: "nik_index address_digest phone_digest",
    },
    "tracking.CentralWord": {
        CARD: "citizen",
        KEYED: "row_digest written_digest",
        FACT: "code central_from central_until",
    },
    "tracking.Card": {
        CARD: "id citizen",
        FACT: (
            "kind letter stage since code requested_at kecamatan ticket_kecamatan place "
            "closed phase outside_ledger outside_confirmed blocked token_version left_stage "
            "left_place_id left_outside draws"
        ),
    },
    "tracking.Case": {
        CARD: "card_id",
        SEALED: "text_sealed answer_sealed",
        ACTOR: "actor answered_by",
        FACT: "id kind place_id by_receipt at due_on answer answered_at",
    },
    "tracking.Contact": {
        CARD: "card_id",
        SEALED: "sealed",
        FACT: "id kind language at wrong_codes confirmed_at told_event ended_at",
    },
    "tracking.Event": {
        CARD: "card_id",
        ACTOR: "actor",
        FACT: "id from_stage to_stage at since code reason source left_outside corrects",
    },
    "tracking.CentralFact": {CARD: "card_id", FACT: "id code since source at"},
    "tracking.Note": {CARD: "card_id", ACTOR: "actor", WORDS: "text", FACT: "id at"},
    "tracking.Obliged": {FACT: "id kecamatan dated quantity source"},
    "tracking.Again": {FACT: "id kecamatan_id delivered n"},
    "tracking.DayCount": {FACT: "day stage n"},
    "tracking.Stay": {FACT: "week stage days n"},
    "tracking.Forecast": {FACT: "id day made_at why basis"},
    "tracking.ForecastRange": {FACT: "forecast_id kecamatan_id letter up_to likely surely"},
    "tracking.Office": {FACT: "id name address hours phone checked"},
    "tracking.Freshness": {FACT: "id at"},
    "tracking.LookupLimit": {KEYED: "key", FACT: "day spent_until"},
    "tracking.Secret": {SEALED: "sealed", FACT: "name made_at"},
    "tracking.Installation": {FACT: "id day"},
    "tracking.Publication": {
        KEYED: "secret",
        FACT: "day before until closed_at events lines public_root private_root",
    },
    "tracking.PublishedSet": {FACT: "source day reach taken missing newest_xid"},
    "tracking.PublishedQueue": {
        FACT: "day kecamatan_id letter reach lines last_number waiting served exceptions"
    },
    "tracking.PublishedCount": {FACT: "day kecamatan_id stage n outside"},
    "tracking.PublishedFile": {FACT: "day name place header lines size digest"},
    "tracking.PublishedPart": {FACT: "day name n text"},
    "tracking.PublishedChunk": {KEYED: "hash", FACT: "day n first_id last_id"},
    "tracking.Ticket": {CARD: "card_id", FACT: "kecamatan letter number drawn_at"},
    "tracking.LetterRule": {FACT: "id valid_from letters decree"},
    "tracking.QueueHead": {FACT: "kecamatan_id letter last_number waiting blocked"},
    "tracking.QueueSuperbucket": {FACT: "kecamatan_id letter superbucket waiting"},
    "tracking.QueueBucket": {FACT: "kecamatan_id letter bucket waiting_bits blocked_bits waiting blocked"},
    "tracking.StageCount": {FACT: "kecamatan_id stage outside n"},
    "tracking.Unsettled": {
        CARD: "card_ids",
        FACT: "id xid place_id stage outside n letter requests draws waits blocked act",
    },
    "tracking.Receipt": {
        CARD: "card_id",
        KEYED: "token_hash",
        ACTOR: "actor ended_by",
        FACT: "id office_id shown at ended_at",
    },
    "tracking.Step": {FACT: "id from_stage to_stage reason towards_citizen short_undo"},
    "tracking.OfficeRule": {FACT: "id undo_minutes"},
    "tracking.Suket": {
        CARD: "card_id",
        ACTOR: "actor ended_by",
        FACT: "id year number office_id valid_until at ended_at end_reason",
    },
    "tracking.Turn": {FACT: "moment kecamatan_id letter act at numbers"},
    "blanks.Account": {FACT: "id place kecamatan balance"},
    "blanks.Document": {
        ACTOR: "actor",
        WORDS: "why",
        FACT: "id kind number dated on_paper counted basis request at",
    },
    "blanks.Movement": {
        ACTOR: "actor",
        WORDS: "reason",
        FACT: (
            "id from_account to_account quantity cause document batch event_id letter "
            "last_number at source xid"
        ),
    },
    "blanks.RouteRow": {FACT: "id cause from_place to_place by_card supervisor named"},
    "blanks.Unsettled": {FACT: "id xid account_id n"},
    "blanks.Series": {FACT: "id prefix"},
    "blanks.Range": {FACT: "id document series_id first last width span"},
    "blanks.Serial": {CARD: "card_id", FACT: "series_id number place move_id"},
    "blanks.SerialMove": {CARD: "card_id", FACT: "id movement series number from_place to_place at"},
    "blanks.PrintBatch": {ACTOR: "actor", FACT: "id kecamatan size left_out request at"},
    "blanks.BatchCard": {
        CARD: "card_id",
        FACT: "batch_id line letter number exception open left_to left_why",
    },
    "blanks.Result": {CARD: "card_id", ACTOR: "actor", FACT: "id batch outcome series number at"},
    "blanks.Late": {ACTOR: "settled_by", FACT: "result at settled_at"},
    "blanks.Reject": {
        CARD: "card_id card",
        ACTOR: "actor",
        WORDS: "reason",
        FACT: "id batch line serial outcome at",
    },
    "blanks.Priority": {CARD: "card_id", ACTOR: "actor", WORDS: "why", FACT: "id category at ended_at"},
    "blanks.StepEffect": {FACT: "id from_stage to_stage reason effect"},
    "blanks.PlannedShipment": {
        ACTOR: "actor",
        FACT: "id quantity earliest latest tender at ended_at document",
    },
    "blanks.Closure": {WORDS: "why", FACT: "id day at"},
    "delivery.Courier": {
        SEALED: "name_sealed phone_sealed",
        WORKER: "kelurahan rw rt letter_number",
        ACTOR: "actor",
        FACT: "id kecamatan valid_from valid_until at erased_at",
    },
    "delivery.Link": {
        SEALED: "key_sealed",
        KEYED: "token_hash pin_hash",
        ACTOR: "courier actor",
        FACT: "id round tries locked_at opened_at seen_at skew at ended_at",
    },
    "delivery.Handover": {
        KEYED: "code_hash",
        WORKER: "receiver paper",
        ACTOR: "actor officer released_by ended_by",
        FACT: (
            "id leg from_kecamatan to_kecamatan to_kelurahan state request at tries "
            "released_at taken_at ended_at number year serial check_code"
        ),
    },
    "delivery.HandoverCard": {
        CARD: "card_id",
        ACTOR: "actor",
        FACT: "id handover line piece_id outcome open deadline settled at",
    },
    "delivery.Round": {
        ACTOR: "courier taken_by actor",
        FACT: "id request kecamatan state taken_at taken_how counted at begun_at ended_at closed_at",
    },
    "delivery.RoundCard": {CARD: "card_id", FACT: "id round position tries result ended ended_at missing_at"},
    "delivery.Attempt": {
        SEALED: "recipient_sealed note_sealed",
        ACTOR: "courier_id actor",
        FACT: (
            "id uid round_id place_id link_id outcome recipient took_old_card took_suket "
            "took_police_letter data_confirmed phone_at sent_at line happened_at at verdict "
            "why"
        ),
    },
    "delivery.Review": {
        CARD: "card_id",
        SEALED: "raw_sealed",
        ACTOR: "settled_by answered_by",
        FACT: "id uid kecamatan_id round_id why at how settled_at answer answered_at",
    },
    "delivery.Collection": {
        CARD: "card_id",
        SEALED: "name_sealed",
        ACTOR: "actor",
        FACT: "id request event_id receiver shown took_old_card took_suket took_police_letter at",
    },
    "delivery.PaperList": {
        ACTOR: "actor received_by destroyed_by",
        FACT: "id kecamatan at received_at destroyed_at",
    },
    "delivery.ListedPaper": {CARD: "card_id", FACT: "id list kind taken_at"},
    "delivery.Piece": {CARD: "card_id", FACT: "id series_id number current holder holder_id moves since"},
    "delivery.Custody": {
        ACTOR: "actor",
        FACT: "id piece number giver giver_id taker taker_id act event_id at source",
    },
    "integration.Source": {WORKER: "contact", FACT: "id slug name created_at rhythm_hours"},
    "integration.Batch": {
        ACTOR: "actor",
        WORDS: "files",
        FACT: (
            "id source door form kecamatan state created_at finished_at message upload done "
            "size read created updated unchanged stale rejected seconds reasons moves samples "
            "unknown_columns fault fingerprint"
        ),
    },
    "integration.RejectChunk": {SEALED: "sealed", FACT: "id batch"},
    "integration.Change": {CARD: "card_id", FACT: "event_id kecamatan_id stage since at"},
    "integration.ChangeMark": {FACT: "event_id xid settled at"},
    "integration.Token": {
        KEYED: "hash",
        ACTOR: "created_by revoked_by",
        FACT: (
            "id source kecamatan hint addresses may_read_changes created_at expires_at "
            "last_used_at revoked_at slot"
        ),
    },
    "integration.Delivery": {KEYED: "key body", FACT: "id token batch created_at holder held_until"},
    "integration.Difference": {
        CARD: "card_id",
        ACTOR: "settled_by",
        FACT: "id source batch kecamatan_id code since at settled_at settled",
    },
    "integration.DroppedFile": {KEYED: "digest", FACT: "id source batch at seen_at"},
    "integration.FolderState": {FACT: "source looked_at waiting oldest_at fault"},
}
