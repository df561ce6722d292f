import { useLinks } from '../../data/links.ts'
import { useMoment } from '../../data/moment.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'

/** Definitions that are named; the others are counted. */
const NAMED = 12

/** Who needs a definition today. The past has no such list. */
export function NeededBy({ kind, id }: { kind: string; id: string }) {
  const { env, isPast } = useMoment()
  return isPast ? null : <Dependents kind={kind} id={id} env={env} />
}

function Dependents({ kind, id, env }: { kind: string; id: string; env?: string }) {
  const { data, error } = useLinks({ kind, id, env })
  if (error && !data) return null
  const all = data?.body.neededBy ?? []
  const names = [...new Map(all.map((one) => [`${one.kind}/${one.id}`, one])).values()]
  return (
    // It has its place before its answer, so that what stands below does not move.
    <section class="part" aria-busy={data ? undefined : true}>
      <h2>
        Needed by {names.length > 0 && <span class="soft count">{names.length.toLocaleString('en')}</span>}
      </h2>
      <p class="note line">
        {names.length === 0 && <span class="soft">{data ? 'Nothing needs it.' : '\u00a0'}</span>}
        {names.slice(0, NAMED).map((one) => (
          <span key={`${one.kind}/${one.id}`}>
            <Link to={`/${one.kind}/${one.id}`}>
              <Foreign text={one.id} />
            </Link>{' '}
            <span class="soft">{one.kind}</span>
          </span>
        ))}
        {names.length > NAMED && (
          <Link to={`/${kind}/${id}/links`}>and {(names.length - NAMED).toLocaleString('en')} more</Link>
        )}
      </p>
    </section>
  )
}
