/** A call of a function that reads, with the role that the caller's key has. */
export interface ReadCall {
  role: 'anon' | 'service_role'
  name: string
  args: Readonly<Record<string, unknown>>
}

/** Calls a function that reads; the text of its JSON, or undefined if lite has to answer. */
export type ReadDocument = (call: ReadCall) => Promise<string | undefined>

/** Runs two statements in one transaction; the rows of the second one. */
export type AskTwice = (first: Statement, second: Statement) => Promise<{ rows: readonly unknown[] }>

/** SQL with values for $1, $2, … */
export interface Statement {
  sql: string
  values: readonly unknown[]
}

/** Functions that read and return one JSON document. Their arguments, and whether each is JSON itself. */
export const READS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  registry_list: { p_kind: false, p_query: true },
  registry_counts: { p_waiting: false },
  registry_heads_json: { p_kinds: true, p_ids: true },
  registry_heads_since: { p_known: true },
  registry_heads_apart: { p_asked: true },
  registry_events_since: { p_since: false, p_limit: false, p_mark: false },
}

const BECOME = "select set_config('role', $1, true), set_config('request.jwt.claims', $2, true)"

/**
 * Calls functions that read in one transaction, and hands their JSON over as PostgreSQL writes it. lite takes fifteen
 * statements, reads the JSON, and writes it again.
 */
export function createReadDocument(ask: AskTwice): ReadDocument {
  return async ({ role, name, args }) => {
    const call = writeCall(name, args)
    if (!call) return undefined
    const { rows } = await ask({ sql: BECOME, values: [role, JSON.stringify({ role })] }, call)
    return (rows as { document: string | null }[])[0]?.document ?? undefined
  }
}

/** The statement of a call; undefined for arguments that are left to lite. */
function writeCall(name: string, args: ReadCall['args']): Statement | undefined {
  const types = Object.hasOwn(READS, name) ? READS[name] : undefined
  const all = Object.entries(args)
  if (!types || all.some(([arg, value]) => !Object.hasOwn(types, arg) || !isPlain(value, types[arg])))
    return undefined
  return {
    sql: `select public.${name}(${all.map(([arg], at) => `${arg} := $${at + 1}`).join(', ')})::text as document`,
    values: all.map(([arg, value]) => (types[arg] ? JSON.stringify(value) : value)),
  }
}

/** A document, or a value that is written as one text. No text of PostgreSQL has the character 0. */
function isPlain(value: unknown, isJson: boolean | undefined): boolean {
  if (isJson) return value !== null
  return typeof value === 'string' ? !value.includes('\0') : typeof value !== 'object' || value === null
}
