/** A query string with some parameters changed; an empty text or undefined takes a parameter out. */
export function withQuery(search: string, changes: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(name)
    else query.set(name, value)
  }
  const text = query.toString()
  return text === '' ? '' : `?${text}`
}

/** Parameters that every link keeps: the environment and the time that the reader looks at. */
const CARRIED = ['env', 'at']

/** A path with the parameters that all pages share. */
export function carryQuery(path: string, search: string): string {
  const query = new URLSearchParams(search)
  const [bare = '', own = ''] = path.split('?')
  const next = new URLSearchParams(own)
  for (const name of CARRIED) {
    const value = query.get(name)
    if (value !== null && !next.has(name)) next.set(name, value)
  }
  const text = next.toString()
  return text === '' ? bare : `${bare}?${text}`
}
