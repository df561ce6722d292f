import { setTimeout as wait } from 'node:timers/promises'
import {
  acceptedContent,
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  createRequestStateCodec,
  type ElicitRequestFormParams,
  type GetPromptResult,
  type InputRequest,
  type InputRequiredResult,
  inputRequired,
  inputResponse,
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
  type Tool,
} from '@modelcontextprotocol/server'

/** A pixel as PNG, and a silence as WAV. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg=='
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA='

type ToolResult = CallToolResult | InputRequiredResult
type ToolHandler = (args: Record<string, unknown>, context: ServerContext) => Promise<ToolResult>

/** Protects the state that a client sends back. */
const states = createRequestStateCodec<{ round: number }>({ key: 'the key of a test, which is long enough' })

const text = (words: string): CallToolResult => ({ content: [{ type: 'text', text: words }] })
const image = { type: 'image', data: PNG, mimeType: 'image/png' } as const

type Properties = ElicitRequestFormParams['requestedSchema']['properties']

function ask(message: string, properties: Properties): InputRequest {
  const required = Object.keys(properties)
  return inputRequired.elicit({ message, requestedSchema: { type: 'object', properties, required } })
}

const sample = (words: string, maxTokens: number): InputRequest =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: words } }],
    maxTokens,
  })

const askName = ask('What is your name?', { name: { type: 'string' } })
const confirm = ask('Please confirm', { ok: { type: 'boolean' } })

const answersOf = ({ mcpReq }: ServerContext) => mcpReq.inputResponses
const answered = (context: ServerContext, name: string) =>
  inputResponse(answersOf(context), name).kind !== 'missing'

/** The round that the state of a client names; 0 without a state. Another text than was sent is refused. */
async function roundOf(context: ServerContext): Promise<number> {
  const state = context.mcpReq.requestState<string>()
  if (state === undefined) return 0
  try {
    return (await states.verify(state, context)).round
  } catch {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'the state was changed')
  }
}

/** A tool that asks for some inputs at once, with a state, and then says what it was told. */
function withState(inputRequests: Record<string, InputRequest>, words: string): ToolHandler {
  return async (_, context) => {
    const round = await roundOf(context)
    if (round === 1 && Object.keys(inputRequests).every((name) => answered(context, name))) return text(words)
    return inputRequired({ inputRequests, requestState: await states.mint({ round: 1 }) })
  }
}

/** A tool that asks for one input, and then says what it was told. */
function asking(name: string, request: InputRequest): ToolHandler {
  return async (_, context) =>
    answered(context, name)
      ? text(JSON.stringify(inputResponse(answersOf(context), name)))
      : inputRequired({ inputRequests: { [name]: request } })
}

const askPerson: ToolHandler = async (_, context) => {
  const { name } = acceptedContent(answersOf(context), 'user_name') ?? {}
  return typeof name === 'string'
    ? text(`Hello, ${name}!`)
    : inputRequired({ inputRequests: { user_name: askName } })
}

const askTwice: ToolHandler = async (_, context) => {
  const round = await roundOf(context)
  if (round === 2 && answered(context, 'step2')) return text('Both steps are done.')
  const isSecond = round === 1 && answered(context, 'step1')
  const inputRequests: Record<string, InputRequest> = isSecond
    ? { step2: ask('Step 2: What is your favorite color?', { color: { type: 'string' } }) }
    : { step1: ask('Step 1: What is your name?', { name: { type: 'string' } }) }
  return inputRequired({ inputRequests, requestState: await states.mint({ round: isSecond ? 2 : 1 }) })
}

function capabilitiesOf({ mcpReq: { envelope = {} } }: ServerContext): Record<string, unknown> {
  const fields: Record<string, unknown> = { ...envelope }
  return { ...(fields[CLIENT_CAPABILITIES_META_KEY] as object | undefined) }
}

/** Asks only for what the client says that it can answer. */
const askWhatIsPossible: ToolHandler = async (_, context) => {
  const { sampling, elicitation } = capabilitiesOf(context)
  const inputRequests = {
    ...(sampling ? { greeting: sample('Generate a greeting', 50) } : {}),
    ...(elicitation ? { user_name: askName } : {}),
  }
  return Object.keys(inputRequests).length > 0 ? inputRequired({ inputRequests }) : text('Nothing to ask.')
}

const requireSampling: ToolHandler = async (_, context) => {
  if (capabilitiesOf(context).sampling) return text('The client samples.')
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { sampling: {} } })
}

const reportProgress: ToolHandler = async (_, { mcpReq }) => {
  const progressToken = mcpReq._meta?.progressToken
  for (const progress of [0, 50, 100]) {
    if (progressToken !== undefined)
      await mcpReq.notify({
        method: 'notifications/progress',
        params: { progressToken, progress, total: 100 },
      })
    await wait(20)
  }
  return text('Done.')
}

const writeLog: ToolHandler = async (_, { mcpReq }) => {
  for (const line of ['Tool execution started', 'Tool processing data', 'Tool execution completed'])
    await mcpReq.log('info', line)
  return text('Logged.')
}

const TOOLS: Record<string, ToolHandler> = {
  test_simple_text: async () => text('This is a simple text response for testing.'),
  test_image_content: async () => ({ content: [image] }),
  test_audio_content: async () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }),
  test_embedded_resource: async () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }),
  test_multiple_content_types: async () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }),
  test_error_handling: async () => ({
    isError: true,
    ...text('This tool intentionally returns an error for testing'),
  }),
  test_tool_with_progress: reportProgress,
  test_tool_with_logging: writeLog,
  test_logging_tool: writeLog,
  test_missing_capability: requireSampling,
  test_streaming_elicitation: askPerson,
  test_input_required_result_elicitation: askPerson,
  test_input_required_result_sampling: asking(
    'capital_question',
    sample('What is the capital of France?', 100),
  ),
  test_input_required_result_list_roots: asking('client_roots', inputRequired.listRoots()),
  test_input_required_result_request_state: withState({ confirm }, 'state-ok'),
  test_input_required_result_tampered_state: withState({ confirm }, 'state-ok'),
  test_input_required_result_multiple_inputs: withState(
    {
      user_name: askName,
      greeting: sample('Generate a greeting', 50),
      client_roots: inputRequired.listRoots(),
    },
    'Everything is here.',
  ),
  test_input_required_result_multi_round: askTwice,
  test_input_required_result_capabilities: askWhatIsPossible,
}

/** A schema with keywords that a list has to pass on as they are. */
const SCHEMA_TOOL: Tool = {
  name: 'json_schema_2020_12_tool',
  description: 'Tool with JSON Schema 2020-12 features',
  inputSchema: {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    $defs: {
      address: {
        $anchor: 'addressDef',
        type: 'object',
        properties: { street: { type: 'string' }, city: { type: 'string' } },
      },
    },
    properties: {
      name: { type: 'string' },
      address: { $ref: '#/$defs/address' },
      contactMethod: { type: 'string', enum: ['phone', 'email'] },
      phone: { type: 'string' },
      email: { type: 'string' },
    },
    allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
    if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    then: { required: ['phone'] },
    else: { required: ['email'] },
    additionalProperties: false,
  } as Tool['inputSchema'],
}

/** The tools that the conformance suite of MCP calls. */
export const FIXTURE_TOOLS: readonly Tool[] = [
  ...Object.keys(TOOLS).map((name) => ({
    name,
    description: `What ${name} of the conformance suite is.`,
    inputSchema: { type: 'object' as const, properties: {} },
  })),
  SCHEMA_TOOL,
]

/** Calls one of the tools. */
export function callFixture(name: string, args: Record<string, unknown>, context: ServerContext) {
  const tool = TOOLS[name]
  if (!tool) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'this tool does not exist')
  return tool(args, context)
}

const TEMPLATE = /^test:\/\/template\/([^/]+)\/data$/

/** Reads one of the resources; undefined where the suite has none of that name. */
export function readFixture(uri: string) {
  const [, id] = TEMPLATE.exec(uri) ?? []
  if (uri === 'test://static-text')
    return {
      uri,
      mimeType: 'text/plain',
      text: 'This is the content of the static text resource.',
    }
  if (uri === 'test://static-binary') return { uri, mimeType: 'image/png', blob: PNG }
  if (id === undefined) return undefined
  const data = { id, templateTest: true, data: `Data for ID: ${id}` }
  return { uri, mimeType: 'application/json', text: JSON.stringify(data) }
}

export const FIXTURE_RESOURCES = [
  { uri: 'test://static-text', name: 'static-text', mimeType: 'text/plain' },
  { uri: 'test://static-binary', name: 'static-binary', mimeType: 'image/png' },
]
export const FIXTURE_TEMPLATES = [
  { uriTemplate: 'test://template/{id}/data', name: 'template', mimeType: 'application/json' },
]

const argument = (name: string) => ({ name, required: true })

export const FIXTURE_PROMPTS = [
  { name: 'test_simple_prompt' },
  { name: 'test_prompt_with_arguments', arguments: [argument('arg1'), argument('arg2')] },
  { name: 'test_prompt_with_embedded_resource', arguments: [argument('resourceUri')] },
  { name: 'test_prompt_with_image' },
  { name: 'test_input_required_result_prompt' },
].map((prompt) => ({ ...prompt, description: `What ${prompt.name} of the conformance suite is.` }))

const said = (...content: GetPromptResult['messages'][number]['content'][]): GetPromptResult => ({
  messages: content.map((one) => ({ role: 'user' as const, content: one })),
})
const words = (line: string) => ({ type: 'text', text: line }) as const

/** Fills one of the prompts in. */
export function getFixture(
  name: string,
  args: Record<string, string>,
  context: ServerContext,
): GetPromptResult | InputRequiredResult {
  switch (name) {
    case 'test_simple_prompt':
      return said(words('This is a simple prompt for testing.'))
    case 'test_prompt_with_arguments':
      return said(words(`Prompt with arguments: arg1='${args.arg1}', arg2='${args.arg2}'`))
    case 'test_prompt_with_image':
      return said(image, words('Please analyze the image above.'))
    case 'test_prompt_with_embedded_resource': {
      const resource = {
        uri: String(args.resourceUri),
        mimeType: 'text/plain',
        text: 'Embedded resource content for testing.',
      }
      return said({ type: 'resource', resource }, words('Please process the embedded resource above.'))
    }
    case 'test_input_required_result_prompt': {
      const asked = ask('What context should the prompt use?', { context: { type: 'string' } })
      const { context: given } = acceptedContent(answersOf(context), 'user_context') ?? {}
      return given === undefined
        ? inputRequired({ inputRequests: { user_context: asked } })
        : said(words(`Use ${given}.`))
    }
    default:
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'this prompt does not exist')
  }
}
