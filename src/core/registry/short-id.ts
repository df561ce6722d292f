/** The start of the id of a release or a report that is enough to name it; empty without an id. */
export function shortId(id: string | null): string {
  return id?.slice(0, 8) ?? ''
}
