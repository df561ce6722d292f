/** What an expression can ask for, by its path: `inputs.supabase-url`, `github.event.pull_request.number`. */
export type Contexts = Record<string, unknown>

/** How the steps before went: `!cancelled()`, `failure()` and the rest ask for it. */
export type Status = 'success' | 'failure'

const TOKENS = /'(?:[^']|'')*'|[a-z_][\w-]*(?:\.[\w-]+)*|\d+|==|!=|&&|\|\||[!(),]/gi

/** The value of a workflow expression: the part of GitHub's language that this repository's files use. */
export function evaluate(expression: string, contexts: Contexts, status: Status = 'success'): unknown {
  const tokens = expression.match(TOKENS) ?? []
  if (tokens.join('') !== expression.replace(/('(?:[^']|'')*')|\s+/g, '$1'))
    throw new Error(`not understood: ${expression}`)
  const script = tokens.map((token, at) => translate(token, tokens[at + 1] === '(')).join(' ')
  const functions = {
    always: () => true,
    cancelled: () => false,
    success: () => status === 'success',
    failure: () => status === 'failure',
  }
  return new Function('get', 'call', `return (${script})`)(
    (path: string) => lookUp(contexts, path),
    functions,
  )
}

/** A text with `${{ … }}` filled in, as GitHub puts it into a file's values. */
export function fillIn(text: unknown, contexts: Contexts): string {
  return String(text).replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    String(evaluate(expression.trim(), contexts) ?? ''),
  )
}

/** Whether a job or step runs: by default only when nothing failed before. */
export function holds(condition: unknown, contexts: Contexts, status: Status): boolean {
  const text = String(condition ?? 'success()').replace(/^\$\{\{(.*)\}\}$/s, '$1')
  const asked = /\b(?:always|cancelled|success|failure)\(/.test(text) ? text : `success() && (${text})`
  return Boolean(evaluate(asked.trim(), contexts, status))
}

function translate(token: string, isCall: boolean): string {
  if (token.startsWith("'")) return JSON.stringify(token.slice(1, -1).replaceAll("''", "'"))
  if (token === '==' || token === '!=') return `${token}=`
  if (!/^[a-z_]/i.test(token)) return token
  return isCall ? `call.${token}` : `get(${JSON.stringify(token)})`
}

/** What is not there is an empty text, as GitHub compares it. */
function lookUp(contexts: Contexts, path: string): unknown {
  let value: unknown = contexts
  for (const step of path.split('.')) value = (value as Contexts | undefined)?.[step]
  return value ?? ''
}
