import { shortId } from '../../core/registry/short-id.ts'
import type { Screen } from '../terminal/screen.ts'

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const
/** An older time is shown as its day. */
const OLDEST_DAYS = 30

/** A time as `2 h ago` or `in 3 d`, and on a wide screen exactly as it is. */
export function shownTime(time: string, { wide, now }: Pick<Screen, 'wide' | 'now'>): string {
  const passed = now - Date.parse(time)
  if (wide || Number.isNaN(passed)) return time
  const span = Math.abs(passed)
  const [unit, size] = UNITS.find((one) => span >= one[1]) ?? ['s', 1_000]
  const amount = Math.floor(span / size)
  if (amount === 0) return 'now'
  if (unit === 'd' && amount > OLDEST_DAYS) return new Date(time).toISOString().slice(0, 10)
  return passed > 0 ? `${amount} ${unit} ago` : `in ${amount} ${unit}`
}

/** An id of 36 characters as its first 8, which every command accepts, and on a wide screen as it is. */
export function shownId(id: string, { wide }: Pick<Screen, 'wide'>): string {
  return wide ? id : shortId(id)
}

const UUID = /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g
const AT_TIME = /\bat (\d{4}-\d\d-\d\dT[\d:.]+Z)/g

/** A sentence with its ids and times as a screen shows them. */
export function shownSentence(text: string, screen: Pick<Screen, 'wide' | 'now'>): string {
  if (screen.wide) return text
  return text
    .replaceAll(UUID, (id) => shownId(id, screen))
    .replaceAll(AT_TIME, (_whole, time: string) => shownTime(time, screen))
}
