/** Where and when an address looks: `env` names a preview, `at` a time in the past. */
export function readMoment(search: string): { env?: string; at?: string; isPast: boolean } {
  const query = new URLSearchParams(search)
  const at = query.get('at') || undefined
  // A `+01:00` that is written into an address by hand is read as a blank and `01:00`.
  return {
    env: query.get('env') || undefined,
    at: at?.replace(/ (\d\d:?\d\d)$/, '+$1'),
    isPast: at !== undefined,
  }
}
