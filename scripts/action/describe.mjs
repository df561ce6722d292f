/** After so many lines, the other definitions are counted: a log of 100,000 lines is not read. */
const MOST_LINES = 5_000

/**
 * What a `--json` document means to readers of the log and to later steps.
 * @returns {{changed: number, url?: string, lines: string[], held: string[]}} `held`: a sentence for each definition whose
 * content is held, so that it is not published
 */
export function describeDocument({ ok, data, error }) {
  // A command that failed may have a plan, of which nothing was done.
  const { plan, url } = (ok && data) || {}
  const rows = plan?.items?.filter(({ action }) => action === 'add' || action === 'change') ?? []
  const lines = ok ? describeItems(rows) : [`${error.code} ${error.message}`]
  const held = plan?.items?.filter(({ action }) => action === 'held') ?? []
  const sentences = held.map(({ kind, id, note }) => `${kind}/${id} is not published: ${note}`)
  return { changed: rows.length, url: url ?? undefined, lines, held: sentences }
}

function describeItems(rows) {
  const lines = []
  for (const [at, row] of rows.entries()) {
    if (lines.length >= MOST_LINES)
      return [...lines, `… and ${rows.length - at} more; the file of the output "result" has them all`]
    for (const line of describeItem(row)) lines.push(line)
  }
  return lines
}

/** Includes the whole diff, for which a comment may have no room. */
function describeItem({ action, kind, id, diff }) {
  const fields =
    diff?.fields.map(({ path, before, after }) => `  ${path}: ${shown(before)} → ${shown(after)}`) ?? []
  const files =
    diff?.files.map(({ path, change, patch }) => `  ${change} ${path}${patch ? `\n${patch}` : ''}`) ?? []
  return [`${action} ${kind}/${id}`, ...fields, ...files]
}

function shown(value) {
  return value === undefined ? 'nothing' : JSON.stringify(value)
}
