import type { ComponentChildren } from 'preact'
import { usePreviews, useReports, useWebhooks } from '../../data/operations.ts'
import { useDefinitions } from '../../data/queries.ts'
import { lacks, useSession } from '../../data/session.ts'
import { plural } from '../../model/texts/plural.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Time, useMinute } from '../words/time.tsx'
import { tellCounts } from './report-rows.tsx'

const DAY = 24 * 3_600_000
/** Refused reports that are named; all of them are in the list. */
const NAMED = 5

interface Entry {
  name: string
  what: ComponentChildren
  at?: string | null
}

interface TroubleProps {
  env?: string
  /** The kinds, with the number of definitions whose files cannot be published as they are. */
  kinds: readonly { id: string; counts: { held?: number } }[]
}

/** What needs a look: refused reports of a day, held content, webhooks that fail, previews that have expired. */
export function Trouble({ env, kinds }: TroubleProps) {
  const entries = [...useRefused(env), ...useFailing(), ...useExpired()]
  const held = kinds.flatMap(({ id, counts: { held = 0 } }) => (held > 0 ? [{ kind: id, count: held }] : []))
  const count = held.reduce((sum, kind) => sum + kind.count, entries.length)
  if (count === 0) return null
  return (
    <section class="part">
      <h2>
        Trouble <span class="soft count">{count}</span>
      </h2>
      <ul class="trouble">
        {held.map((kind) => (
          <Held key={kind.kind} {...kind} env={env} />
        ))}
        {entries.map(({ name, what, at }) => (
          <li key={name}>
            {what}
            {at && <Time iso={at} />}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Definitions whose newest published content is held: what their files say was rolled back. */
function Held({ kind, count, env }: { kind: string; count: number; env?: string }) {
  const { data } = useDefinitions(kind, { env, held: 'true' }, NAMED)
  const rows = data?.pages[0]?.body.items ?? []
  return (
    <>
      {rows.map(({ id, head, updatedAt }) => (
        <li key={id}>
          <span class="is-attention">held</span>
          <Link to={`/${kind}/${id}/history`}>
            <Foreign text={id} />
          </Link>
          <span class="soft trouble-note">
            its newest content is not published again
            {head?.reason && (
              <>
                {': '}
                <Foreign text={head.reason} />
              </>
            )}
          </span>
          <Time iso={updatedAt} />
        </li>
      ))}
      {count > NAMED && (
        <li>
          <Link to={`/${kind}?held=true`}>
            all {count.toLocaleString('en')} {kind} with held content
          </Link>
        </li>
      )}
    </>
  )
}

function useRefused(env: string | undefined): Entry[] {
  const since = useMinute() - DAY
  const { data } = useReports({ verdict: 'refused', env }, NAMED)
  const reports = data?.pages[0]?.body.items ?? []
  return reports
    .filter(({ createdAt }) => Date.parse(createdAt) > since)
    .map((report) => ({
      name: report.id,
      at: report.createdAt,
      what: (
        <>
          <span class="is-danger">refused</span>
          <Link to={`/reports/${report.id}`}>{tellCounts(report)}</Link>
          {(report.actor || report.message) && (
            <span class="soft trouble-note">
              <Foreign text={[report.actor, report.message].filter(Boolean).join(': ')} />
            </span>
          )}
        </>
      ),
    }))
}

function useFailing(): Entry[] {
  const { data } = useWebhooks()
  return (data?.body.items ?? [])
    .filter(({ state, deadLetters }) => state === 'failing' || deadLetters.length > 0)
    .map(({ id, url, state, lag, deadLetters, deliveredAt }) => ({
      name: id,
      at: deliveredAt,
      what: (
        <>
          <span class="is-danger">{state === 'failing' ? 'failing' : 'dead letters'}</span>
          <Link to="/webhooks">
            <Foreign text={url} />
          </Link>
          <span class="soft">
            {[
              ...(lag > 0 ? [`${plural(lag, 'event')} behind`] : []),
              ...(deadLetters.length > 0 ? [plural(deadLetters.length, 'dead letter')] : []),
            ].join(', ')}
          </span>
        </>
      ),
    }))
}

function useExpired(): Entry[] {
  const { data } = usePreviews(!lacks(useSession(), 'previews'))
  return (data?.body.items ?? [])
    .filter(({ expired }) => expired)
    .map(({ name, origin, expiresAt }) => ({
      name: `preview ${name}`,
      at: expiresAt,
      what: (
        <>
          <span class="is-attention">expired</span>
          <Link to={`/previews/${name}`}>
            <Foreign text={name} />
          </Link>
          <span class="soft">
            <Foreign text={origin} />
          </span>
        </>
      ),
    }))
}
