const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const sameDay = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
const sameYear = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
})
const otherYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })

/**
 * A time as a reader compares it: relative for an hour, the clock for the day, the date before that.
 * @param at ms since 1970
 * @param now ms since 1970, by the server's clock
 */
export function tellTime(at: number, now: number): string {
  const age = now - at
  if (age < -MINUTE) return absolute(at, now)
  if (age < MINUTE) return 'just now'
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`
  return absolute(at, now)
}

function absolute(at: number, now: number): string {
  const date = new Date(at)
  if (Math.abs(now - at) < DAY / 2 || date.toDateString() === new Date(now).toDateString())
    return sameDay.format(date)
  return date.getFullYear() === new Date(now).getFullYear() ? sameYear.format(date) : otherYear.format(date)
}

/** How long something has lasted or will last, such as `12 min` or `3 days`. */
export function tellSpan(ms: number): string {
  const span = Math.abs(ms)
  if (span < MINUTE) return 'less than a minute'
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`
  if (span < 2 * DAY) return `${Math.floor(span / HOUR)} h`
  return `${Math.floor(span / DAY)} days`
}
