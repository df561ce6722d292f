/** `a`, `a and b`, `a, b and c`. */
export function joinNames(names: readonly string[]): string {
  const last = names.at(-1) ?? ''
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`
}

/** The first names of a list that may have thousands, and how many more there are. */
export function firstNames(names: readonly string[], most = 10): string[] {
  return names.length > most ? [...names.slice(0, most), `${names.length - most} more`] : [...names]
}
