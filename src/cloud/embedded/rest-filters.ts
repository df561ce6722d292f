/** Parameters of a REST request that are not filters. */
const RESERVED = new Set(['select', 'order', 'limit', 'offset', 'on_conflict', 'columns', 'apikey'])
const OF_EMBEDDED = /\.(?:order|limit|offset)$/
const TREE_NAME = /(?:^|\.)(?:and|or)$/

const COMPARISON = /^((?:not\.)?(?:eq|neq|gt|gte|lt|lte|match|imatch|cs|cd|ov)\.)(.*)$/s
const LIST = /^((?:not\.)?in\.\()(.*)(\))$/s
const EACH = /^((?:not\.)?\w+\((?:any|all)\)\.\{)(.*)(\})$/s
const NESTED = /^((?:not\.)?(?:and|or)\s*\()(.*)(\))$/s
const LEAF = /^([^.]*\.)(.*)$/s
/** A value of a GET request that lite takes for a filter, also when a function has an argument of that name. */
const FILTER = /^[a-z]+(?:\([^)]*\))?\./

/**
 * The request with each value of a filter in quotation marks, which lite removes. lite reads values without them by
 * their looks: `id=eq.true` as a boolean, `eq.null` as nothing, `eq.0x10` as 16. PostgREST hands each value over as it
 * is written, and the type of the column decides what it means.
 */
export function withLiteralFilters(request: Request): Request {
  const url = new URL(request.url)
  const isCall = url.pathname.includes('/rpc/') && request.method !== 'POST'
  const query = new URLSearchParams()
  for (const [name, value] of url.searchParams) query.append(name, literalParameter(name, value, isCall))
  if (query.toString() === url.searchParams.toString()) return request
  url.search = query.toString()
  return new Request(url, request)
}

function literalParameter(name: string, value: string, isCall: boolean): string {
  if (RESERVED.has(name) || OF_EMBEDDED.test(name)) return value
  if (TREE_NAME.test(name) && /^\(.*\)$/s.test(value)) return `(${literalBranches(value.slice(1, -1))})`
  // The arguments of a function are beside the filters of its rows.
  if (isCall && !FILTER.test(value)) return `"${value}"`
  return literalFilter(value, (text) => `"${text}"`)
}

/** A filter without its column: `eq.true`, `not.in.(1,2)`. */
function literalFilter(filter: string, quote: (text: string) => string): string {
  const [, operator, value] = COMPARISON.exec(filter) ?? []
  if (operator !== undefined && value !== undefined) return operator + quote(value)
  const [, open, list, close] = LIST.exec(filter) ?? EACH.exec(filter) ?? []
  if (open === undefined || list === undefined) return filter
  return open + literalList(list, close === '}') + close
}

/** A list such as `1,"a,b"`; only in PostgreSQL's own arrays a null without quotation marks is nothing. */
function literalList(list: string, isArray: boolean): string {
  const texts = list.match(/(?<=^|,)(?:"(?:\\.|[^"\\])*"|[^,]*)/gs) ?? []
  const quoted = texts.map((text) => {
    if (/^".*"$/s.test(text) || (isArray && /^\s*null\s*$/i.test(text))) return text
    return `"${text.replace(/["\\]/g, '\\$&')}"`
  })
  return list === '' ? '' : quoted.join(',')
}

/** The inside of `or=(…)`: filters with their columns, which may be nested. */
function literalBranches(text: string): string {
  return splitBranches(text)
    .map((branch) => {
      const [, open, inside, close] = NESTED.exec(branch.trim()) ?? []
      if (open !== undefined && inside !== undefined) return open + literalBranches(inside) + close
      const [, column, filter] = LEAF.exec(branch) ?? []
      if (column === undefined || filter === undefined) return branch
      // Inside of a tree a value may have quotation marks already, and they are not of the value.
      return column + literalFilter(filter, (value) => (value.includes('"') ? value : `"${value}"`))
    })
    .join(',')
}

/** Splits at commas outside of quotation marks, parentheses and braces. */
function splitBranches(text: string): string[] {
  const branches = ['']
  let depth = 0
  for (const [token] of text.matchAll(/"(?:\\.|[^"\\])*"|./gs)) {
    if (token === '(' || token === '{') depth += 1
    if (token === ')' || token === '}') depth -= 1
    if (token === ',' && depth === 0) branches.push('')
    else branches.push((branches.pop() ?? '') + token)
  }
  return branches
}
