import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ORIGIN } from '../../api/support/api-under-test.ts'
import { type McpRevision, REVISIONS } from '../support/clients.ts'
import { createFixtureHandler } from './fixture-server.ts'
import { FIXTURE_TOOLS } from './fixtures.ts'

// `npm run check:mcp` lets the conformance suite itself call the same server.

/** What the server has asked the client. */
const asked: string[] = []

async function connect(revision: McpRevision): Promise<Client> {
  const handler = createFixtureHandler()
  const capabilities = { elicitation: {}, sampling: {}, roots: {} }
  const client = new Client({ name: 'test', version: '1' }, { ...REVISIONS[revision], capabilities })
  client.setRequestHandler('elicitation/create', ({ params }) => {
    asked.push(params.message)
    return { action: 'accept', content: { name: 'Ada', ok: true, color: 'red' } }
  })
  client.setRequestHandler('sampling/createMessage', () => ({
    role: 'assistant',
    content: { type: 'text', text: 'Paris.' },
    model: 'test',
  }))
  client.setRequestHandler('roots/list', () => ({ roots: [{ uri: 'file:///work' }] }))
  const transport = new StreamableHTTPClientTransport(new URL('/api/mcp', ORIGIN), {
    fetch: async (input, init) => handler(new Request(input, init)),
  })
  await client.connect(transport)
  return client
}

const textOf = (content: unknown) => (content as { text?: string }[]).map(({ text }) => text).join()

describe.each(Object.keys(REVISIONS) as McpRevision[])(
  'the server with other contents, revision %s',
  (revision) => {
    let client: Client
    beforeAll(async () => {
      client = await connect(revision)
    })
    afterAll(() => client.close())

    test('passes on tools, images, sounds and resources as they are', async () => {
      const { tools } = await client.listTools()
      expect(tools).toEqual(FIXTURE_TOOLS)
      const types = async (name: string) => {
        const { content } = await client.callTool({ name, arguments: {} })
        return (content as { type: string }[]).map(({ type }) => type)
      }
      expect(await types('test_multiple_content_types')).toEqual(['text', 'image', 'resource'])
      expect(await types('test_audio_content')).toEqual(['audio'])
      const { contents } = await client.readResource({ uri: 'test://static-binary' })
      expect(contents).toMatchObject([{ mimeType: 'image/png', blob: expect.any(String) }])
    })

    test('tells of progress while a tool runs', async () => {
      const heard: number[] = []
      const onprogress = ({ progress }: { progress: number }) => heard.push(progress)
      await client.callTool({ name: 'test_tool_with_progress', arguments: {} }, { onprogress })
      expect(heard).toEqual([0, 50, 100])
    })
  },
)

describe('a tool that asks for inputs', () => {
  test.each([
    ['elicitation', 'Hello, Ada!'],
    ['sampling', 'Paris.'],
    ['list_roots', 'file:///work'],
    ['request_state', 'state-ok'],
    ['multiple_inputs', 'Everything is here.'],
    ['multi_round', 'Both steps are done.'],
  ])('gets them in as many rounds as it needs: %s', async (name, expected) => {
    const client = await connect('2026-07-28')
    asked.length = 0
    const { content } = await client.callTool({ name: `test_input_required_result_${name}`, arguments: {} })
    expect(textOf(content)).toContain(expected)
    if (name === 'multi_round')
      expect(asked).toEqual(['Step 1: What is your name?', 'Step 2: What is your favorite color?'])
    await client.close()
  })

  // The reason for the scenarios that `npm run check:mcp` lists as impossible.
  test('is refused without waiting where a client needs a session to be asked', async () => {
    const client = await connect('2025-11-25')
    asked.length = 0
    const result = await client.callTool({ name: 'test_input_required_result_elicitation', arguments: {} })
    expect([result.isError, asked]).toEqual([true, []])
    await client.close()
  })
})
