import type { ComponentChildren } from 'preact'
import { usePreviews, useReports, useWebhooks } from '../../data/operations.ts'
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

/** What needs a look: refused reports of a day, webhooks that fail, previews that have expired. */
export function Trouble({ env }: { env?: string }) {
  const entries = [...useRefused(env), ...useFailing(), ...useExpired()]
  if (entries.length === 0) return null
  return (
    <section class="part">
      <h2>
        Trouble <span class="soft count">{entries.length}</span>
      </h2>
      <ul class="trouble">
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
  const { data } = usePreviews()
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
