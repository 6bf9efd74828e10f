"""I1 (a correction's postings), I2 (export exactly once, in open books) and I3 (four eyes) as SQL."""

from __future__ import annotations

from app.infra.checks import Check

CHECKS = (
    Check(
        "I1",
        "a correction is posted once it is approved, and its postings are its lines",
        """
        select fix.id, fix.state from correction as fix
        where (fix.state in ('posted', 'batched', 'exported', 'acknowledged', 'mismatch', 'returned'))
              <> (fix.journal_id is not null)
           or fix.journal_id is not null and (
              select coalesce(sum(abs(posting.minor)), 0) from posting where posting.journal_id = fix.journal_id
            ) <> (
              select 2 * coalesce(sum(abs(line.amount_minor) + abs(line.withholding_minor)), 0)
              from correction_line as line
              where line.correction_id = fix.id and line.revision = fix.revision)
        """,
    ),
    Check(
        "I1",
        "a correction's total is the sum of its lines",
        """
        select fix.id from correction as fix
        where fix.total_minor <> (
          select coalesce(sum(line.amount_minor), 0) from correction_line as line
          where line.correction_id = fix.id and line.revision = fix.revision)
        """,
    ),
    Check(
        "I2",
        "every approved correction is in exactly one live batch, in step with it",
        """
        select fix.id, fix.state, count(line.id) as batches, max(batch.state) as batch_state
        from correction as fix
        left join batch_line as line on line.correction_id = fix.id and line.live
        left join batch on batch.id = line.batch_id
        group by fix.id, fix.state
        having count(line.id) <> (case when fix.state in
                 ('batched', 'exported', 'acknowledged', 'mismatch', 'returned') then 1 else 0 end)
            or fix.state = 'batched' and max(batch.state) not in ('open', 'locked')
            or fix.state = 'exported' and max(batch.state) <> 'exported'
            or fix.state in ('acknowledged', 'mismatch', 'returned') and max(batch.state) <> 'acknowledged'
        """,
    ),
    Check(
        "I2",
        "an exported batch has one file of each purpose at most, and no other batch has one",
        """
        select batch.id, batch.state, count(file.id) as files
        from batch left join export_file as file on file.batch_id = batch.id
        group by batch.id, batch.state
        having count(file.id) > count(distinct file.purpose)
            or count(file.id) > 0 and batch.state in ('open', 'locked')
            or count(file.id) = 0 and batch.state in ('exported', 'acknowledged')
        """,
    ),
    Check(
        "I2",
        "control totals of a file that books are the sums of its batch",
        """
        select batch.id from batch join export_file as file on file.batch_id = batch.id
        where file.purpose = 'books' and file.gross_minor <> (case when batch.reverses_id is null then 1 else -1 end) * (
          select coalesce(sum(fix.total_minor), 0) from batch_line as line
          join correction as fix on fix.id = line.correction_id
          where line.batch_id = batch.id and line.frozen is not null)
        """,
    ),
    Check(
        "I2",
        "the kept count and sum of a batch are those of its lines",
        """
        select coalesce(kept.batch_id, made.batch_id) as batch, kept.corrections, kept.total_minor, made.count, made.sum
        from batch_total as kept full join (
          select line.batch_id, line.currency, count(*), sum(fix.total_minor) from batch_line as line
          join correction as fix on fix.id = line.correction_id
          where line.live or line.frozen is not null group by line.batch_id, line.currency
        ) as made on made.batch_id = kept.batch_id and made.currency = kept.currency
        where (coalesce(kept.corrections, 0), coalesce(kept.total_minor, 0)) <> (coalesce(made.count, 0), coalesce(made.sum, 0))
        """,
    ),
    Check(
        "I2",
        "a cancelled batch was turned back by another one and holds no correction any more",
        """
        select batch.id from batch
        where batch.state = 'cancelled' and (
          exists (select 1 from batch_line as line where line.batch_id = batch.id and line.live)
          or batch.reverses_id is null and not exists (
            select 1 from batch as back where back.reverses_id = batch.id
            and not same_human(back.locked_by, batch.cancelled_by)))
        """,
    ),
    Check(
        "I3",
        "nobody approves what they made, approves twice, or moves their own money",
        """
        select approval.id from correction_approval as approval
        join correction as fix on fix.id = approval.correction_id
        where exists (select 1 from unnest(fix.maker_ids) as maker where same_human(approval.approver_id, maker))
              and approval.revision = fix.revision
           or exists (select 1 from correction_approval as other where other.correction_id = approval.correction_id
                and other.revision = approval.revision and other.id <> approval.id
                and same_human(other.approver_id, approval.approver_id))
        """,
    ),
    Check(
        "I3",
        "what is approved has as many approvals as it needs",
        """
        select fix.id from correction as fix
        where fix.state in ('approved', 'posted', 'batched', 'exported', 'acknowledged', 'mismatch', 'returned')
          and (select count(*) from correction_approval as approval
               where approval.correction_id = fix.id and approval.revision = fix.revision)
              < (case when fix.needs_second then 2 else 1 end)
        """,
    ),
    Check(
        "I3",
        "who locks a batch does not export it",
        "select id from batch where exported_by is not null and same_human(exported_by, locked_by)",
    ),
    Check(
        "I2",
        "what was locked stands in its file on the day and by the codes of its batch",
        """
        select batch.id, batch.number from batch
        join batch_line as line on line.batch_id = batch.id
        cross join lateral jsonb_array_elements(line.frozen) as was
        left join account_code_version as version on version.id = batch.account_codes_id
        where batch.posting_date is not null and batch.account_codes_id is not null and (
            was->>'posting_date' is distinct from batch.posting_date::text
            or was->>'payee_account' is distinct from coalesce(
                version.codes->'payable'->>batch.currency::text, version.codes->'payable'->>'')
            or coalesce(was->>'counter_account', '') = ''
            or (was->>'withholding')::bigint <> 0 and was->>'tax_account' is distinct from coalesce(
                version.codes->'withholding_payable'->>batch.currency::text,
                version.codes->'withholding_payable'->>''))
        """,
    ),
    Check(
        "I2",
        "a batch keeps the codes that counted for its day when it was locked",
        """
        select batch.id, batch.number from batch
        left join account_code_version as mine on mine.id = batch.account_codes_id
        where batch.state <> 'open' and batch.reverses_id is null and batch.posting_date is not null
          and (mine.effective_from > batch.posting_date or exists (
            select 1 from account_code_version as newer
            where newer.version > coalesce(mine.version, 0) and newer.effective_from <= batch.posting_date
              and newer.created_at < batch.locked_at))
        """,
    ),
    Check(
        "I2",
        "nothing was posted, locked or exported into a month that was closed then",
        """
        select done.what, done.id, done.posting_date from (
          select 'correction' as what, id, posting_date, posted_at as at from correction
          union all select 'lock', id, posting_date, locked_at from batch
          union all select 'export', id, posting_date, exported_at from batch
        ) as done
        where done.posting_date is not null and done.at is not null and 'closed' = (
          select act.act from posting_period_act as act
          where act.month = date_trunc('month', done.posting_date)::date and act.at < done.at
          order by act.ordinal desc limit 1)
        """,
    ),
)
