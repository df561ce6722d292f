import {
  type GetPromptResult,
  type ListPromptsResult,
  type Prompt,
  ProtocolError,
  ProtocolErrorCode,
} from '@modelcontextprotocol/server'
import { Failure } from '../contract/failure.ts'
import { ID_PATTERN } from '../contract/id-pattern.ts'
import { type AgentPrompt, collectPrompts } from '../worker/prompts.ts'
import { manifestsAnswer } from './registry/answers.ts'
import { readDefinition } from './registry/read-definition.ts'
import { ApiProblem, type McpKind, type RegistryClient } from './registry/registry-client.ts'
import { META } from './resources.ts'

/** The kind whose definitions have prompts. */
const AGENTS = 'agents'
const PAGE = 50
const LIVE = 'active,deprecated'

/** One page of the prompts of live agents: the API's cursor leads to the next. */
export async function listPrompts(
  client: RegistryClient,
  kinds: readonly McpKind[],
  cursor: string | undefined,
): Promise<ListPromptsResult> {
  if (!kinds.some(({ id }) => id === AGENTS)) return { prompts: [] }
  const query = { view: 'manifest', status: LIVE, limit: PAGE, cursor }
  const { body } = await client.get([AGENTS], query).catch((error) => {
    throw toPromptError(error)
  })
  const { items, nextCursor } = manifestsAnswer.parse(body)
  const prompts = items.flatMap(({ id, name: agent, summary, manifest = {} }) =>
    Object.entries(collectPrompts({ id, manifest, texts: {} })).map(([name, prompt]) =>
      describe(`${id}.${name}`, `${name} of ${agent}: ${summary}`, prompt),
    ),
  )
  return { prompts, ...(nextCursor === null ? {} : { nextCursor }) }
}

/**
 * A prompt of a live agent, with its variables filled in as a worker fills them in.
 * @throws ProtocolError
 */
export async function getPrompt(
  client: RegistryClient,
  kinds: readonly McpKind[],
  name: string,
  values: Readonly<Record<string, string>> = {},
): Promise<GetPromptResult> {
  const dot = name.indexOf('.')
  const [id, promptId] = [name.slice(0, Math.max(dot, 0)), name.slice(dot + 1)]
  if (!ID_PATTERN.test(id) || !kinds.some((kind) => kind.id === AGENTS)) throw unknownPrompt()
  const { definition } = await readDefinition(client, { kind: AGENTS, id }).catch((error) => {
    throw toPromptError(error)
  })
  const prompt = collectPrompts(definition)[promptId]
  if (!prompt || definition.live !== true) throw unknownPrompt()
  const { version, digest } = definition
  return {
    // The protocol has no role `system`.
    messages: [
      {
        role: prompt.role === 'assistant' ? 'assistant' : 'user',
        content: { type: 'text', text: render(prompt, values) },
      },
    ],
    _meta: { [META.role]: prompt.role, [META.version]: version, [META.digest]: digest },
  }
}

function describe(name: string, description: string, { role, variables }: AgentPrompt): Prompt {
  return {
    name,
    description,
    arguments: variables.map((variable) => ({
      name: variable.name,
      ...(variable.description === undefined ? {} : { description: variable.description }),
      required: variable.default === undefined,
    })),
    _meta: { [META.role]: role },
  }
}

function render(prompt: AgentPrompt, values: Readonly<Record<string, string>>): string {
  try {
    return prompt.render(values)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${error.message}; ${error.hint}`)
  }
}

function unknownPrompt() {
  return new ProtocolError(ProtocolErrorCode.InvalidParams, 'this prompt does not exist')
}

function toPromptError(error: unknown): unknown {
  if (!(error instanceof ApiProblem)) return error
  if (error.status === 404 || error.status === 410) return unknownPrompt()
  const code = error.status < 500 ? ProtocolErrorCode.InvalidParams : ProtocolErrorCode.InternalError
  return new ProtocolError(code, error.message, error.problem)
}
