import { Failure } from '../contract/failure.ts'
import { parsePast } from './live-at.ts'

const UNITS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/**
 * Parses `90s`, `30m`, `2h`, `7d`, `1w`, or a time that `parsePast` accepts, to ISO 8601 in UTC with milliseconds.
 * @param now milliseconds since 1970
 * @throws Failure USAGE
 */
export function parseSince(text: string, now: number): string {
  const [, amount, unit = ''] = /^([0-9]{1,6})([smhdw])$/.exec(text.trim()) ?? []
  const length = UNITS[unit]
  if (amount !== undefined && length !== undefined)
    return new Date(now - Number(amount) * length).toISOString()
  try {
    return parsePast(text, now)
  } catch (error) {
    if (!(error instanceof Failure) || !error.message.endsWith('is not a date or time')) throw error
    throw new Failure('USAGE', error.message, 'write it as 30m, 2h, 7d, or 2026-11-01T10:00Z')
  }
}
