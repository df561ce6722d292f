import { Failure } from '../contract/failure.ts'
import { isLiveState } from '../contract/fields/is-live.ts'
import { nameOf } from '../contract/name.ts'
import type { Registry } from './registry/registry.ts'
import type { DatedRevision } from './registry/revision.ts'

/** What readers saw of a definition at a time: `live`, or the reason why they saw nothing. */
export interface LiveAt {
  kind: string
  id: string
  /** ISO 8601 in UTC, with milliseconds. */
  at: string
  live: DatedRevision | null
  /** The revision that removed or disabled the definition. Null if the definition had never been live. */
  gone: DatedRevision | null
}

/**
 * The live revision of one definition at a time. Drafts, removed and disabled definitions are not live.
 * @throws Failure NOT_FOUND for a definition that the registry never had
 */
export async function liveAt(registry: Registry, kind: string, id: string, at: string): Promise<LiveAt> {
  const [head, [then]] = await Promise.all([registry.head(kind, id), registry.liveAt(kind, at, id)])
  if (!head)
    throw new Failure(
      'NOT_FOUND',
      `${nameOf({ kind, id })} is not in the registry`,
      'see: nofx registry list',
    )
  const live = then && wasLive(then) ? then : null
  return { kind, id, at, live, gone: live ? null : (then ?? null) }
}

/** Every revision of a kind that was live at a time, sorted by id. */
export async function allLiveAt(registry: Registry, kind: string, at: string): Promise<DatedRevision[]> {
  return (await registry.liveAt(kind, at)).filter(wasLive)
}

function wasLive({ state }: DatedRevision): boolean {
  return isLiveState(state)
}

const TIME =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ]([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?(Z|z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?$/
const HINT = 'write it as 2026-11-01T10:00Z, 2026-11-01T11:00+01:00 or 2026-11-01'

/**
 * Parses a time that a person wrote, to ISO 8601 in UTC with milliseconds. A date alone is the start of that day in
 * UTC.
 * @param now milliseconds since 1970
 * @throws Failure USAGE for text that is not a time, has no zone or is in the future
 */
export function parsePast(text: string, now: number): string {
  const [, day = '', hours = '00', minutes = '00', seconds = '00', fraction = '', zone] =
    TIME.exec(text) ?? []
  // `Date` rolls the 31st of a short month over into the next month.
  const isDay = day !== '' && new Date(`${day}T00:00Z`).toJSON()?.startsWith(day)
  if (!isDay) throw new Failure('USAGE', `"${text}" is not a date or time`, HINT)
  if (text !== day && zone === undefined) throw new Failure('USAGE', `"${text}" has no time zone`, HINT)
  const clock = `${hours}:${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}`
  const at = Date.parse(`${day}T${clock}${normalizeZone(zone)}`)
  if (at > now)
    throw new Failure('USAGE', `"${text}" is in the future`, `it is ${new Date(now).toISOString()} now`)
  return new Date(at).toISOString()
}

function normalizeZone(zone = 'Z'): string {
  return zone.toUpperCase().replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2')
}
