import { Failure } from '../contract/failure.ts'
import { fillVariables, variablesIn } from '../plugins/agents/manifest/prompt-variables.ts'
import type { WorkerRevision } from './connection/definition.ts'

/** A variable that a prompt declares. */
export interface PromptVariable {
  name: string
  description?: string
  /** Used when the caller gives no value; a variable without a default needs a value. */
  default?: string
}

/** Values of variables by name. */
export type PromptValues = Readonly<Record<string, string | number | boolean>>

/** A prompt file of an agent. */
export interface AgentPrompt {
  path: string
  role: 'system' | 'user' | 'assistant'
  /** The text as written, with its variables. */
  text: string
  variables: PromptVariable[]
  /**
   * Fills the variables in. A variable inside of a value is not replaced.
   * @throws Failure CONFIG with `detail: { prompt, missing, undeclared }`, the names of variables
   */
  render(values?: PromptValues): string
}

/** Prompts by id. Every agent that is not a draft has the prompt `system`. */
export type AgentPrompts = Readonly<{ system: AgentPrompt } & Record<string, AgentPrompt>>

interface Declared {
  path: string
  role?: AgentPrompt['role']
  variables?: (string | PromptVariable)[]
}

/** The prompts of a published agent by id; its manifest has passed the registry's rules. */
export function collectPrompts({
  manifest,
  texts,
  id,
}: Pick<WorkerRevision, 'manifest' | 'texts' | 'id'>): AgentPrompts {
  const prompts = Object.create(null) as { system: AgentPrompt } & Record<string, AgentPrompt>
  const declared = (manifest.prompts ?? {}) as Record<string, string | Declared>
  for (const [name, prompt] of Object.entries(declared)) {
    const {
      path,
      role,
      variables = [],
    } = typeof prompt === 'string' ? { path: prompt } : (prompt as Declared)
    const promptVariables = variables.map((one) => (typeof one === 'string' ? { name: one } : one))
    const text = texts[path] ?? ''
    const label = `the prompt "${name}" of ${id}`
    prompts[name] = {
      path,
      role: role ?? (name === 'system' ? 'system' : 'user'),
      text,
      variables: promptVariables,
      render: (values = {}) => render({ name, label, text, variables: promptVariables }, values),
    }
  }
  return prompts
}

interface Rendered {
  name: string
  label: string
  text: string
  variables: readonly PromptVariable[]
}

function render({ name, label, text, variables }: Rendered, values: PromptValues): string {
  const defaults = new Map(variables.map((variable) => [variable.name, variable.default]))
  const valueByName = new Map(Object.entries(values))
  const valueFor = (variable: string) => valueByName.get(variable) ?? defaults.get(variable)
  const undeclared = [...valueByName.keys()].filter((variable) => !defaults.has(variable))
  // A name in braces that the agent does not declare is not a variable; the rules refuse such a text.
  const missing = [...variablesIn(text).keys()].filter((variable) => valueFor(variable) === undefined)
  if (undeclared.length > 0 || missing.length > 0)
    throw new Failure(
      'CONFIG',
      undeclared.length > 0
        ? `${label} does not declare ${undeclared.join(', ')}`
        : `${label} is given no value for ${missing.join(', ')}`,
      variables.length > 0 ? `its variables are: ${[...defaults.keys()].join(', ')}` : 'it has no variables',
      { detail: { prompt: name, missing, undeclared } },
    )
  return fillVariables(text, (variable) => String(valueFor(variable)))
}
