/** Where and when an address looks: `env` names a preview, `at` a time in the past. */
export function readMoment(search: string): { env?: string; at?: string; isPast: boolean } {
  const query = new URLSearchParams(search)
  const at = readTime(query, 'at') || undefined
  return { env: query.get('env') || undefined, at, isPast: at !== undefined }
}

/** A time of an address. A `+01:00` that is written into it by hand is read as a blank and `01:00`. */
export function readTime(query: URLSearchParams, name: string): string | undefined {
  return query.get(name)?.replace(/ (\d\d:?\d\d)$/, '+$1')
}
