/**
 * What a `--json` document means to readers of the log and to later steps.
 * @returns {{changed: number, url?: string, lines: string[]}}
 */
export function describeDocument({ ok, data, error }) {
  const { plan, url } = data ?? {}
  const rows = plan?.items?.filter(({ action }) => action === 'add' || action === 'change') ?? []
  const lines = ok ? rows.flatMap(describeItem) : [`${error.code} ${error.message}`]
  return { changed: rows.length, url: url ?? undefined, lines }
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
