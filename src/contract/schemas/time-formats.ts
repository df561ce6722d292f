const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const TIME = /^(\d\d):(\d\d):(\d\d)(?:\.\d+)?(?:z|([+-])(\d\d):(\d\d))$/i
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** `full-date` of RFC 3339. */
export function isDate(text: string): boolean {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined) return false
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  const days = month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0)
  return day >= 1 && day <= days
}

/** `full-time` of RFC 3339. Second 60 is a leap second, which occurs only at 23:59 UTC. */
export function isTime(text: string): boolean {
  const match = TIME.exec(text)
  if (match === null) return false
  const [hour = 0, minute = 0, second = 0] = match.slice(1, 4).map(Number)
  const [hours, minutes] = [Number(match[5] ?? 0), Number(match[6] ?? 0)]
  if (hour > 23 || minute > 59 || second > 60 || hours > 23 || minutes > 59) return false
  const offset = (hours * 60 + minutes) * (match[4] === '-' ? -1 : 1)
  const utc = (hour * 60 + minute - offset + 2 * 1440) % 1440
  return second < 60 || utc === 1439
}

/** `date-time` of RFC 3339. */
export function isDateTime(text: string): boolean {
  return /^[t ]$/i.test(text.charAt(10)) && isDate(text.slice(0, 10)) && isTime(text.slice(11))
}

const N = '\\d+(?:[.,]\\d+)?'
const DURATION = new RegExp(
  `^P(?:${N}W|(?=[\\dT])(?:${N}Y)?(?:${N}M)?(?:${N}D)?(?:T(?=\\d)(?:${N}H)?(?:${N}M)?(?:${N}S)?)?)$`,
)

/** A duration of ISO 8601. */
export function isDuration(text: string): boolean {
  return DURATION.test(text)
}
