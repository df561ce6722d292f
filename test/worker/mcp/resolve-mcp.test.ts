import { describe, expect, it } from 'vitest'
import type { Failure } from '../../../src/contract/failure.ts'
import type { ResolveHost } from '../../../src/worker/mcp/addresses.ts'
import { type ResolveOptions, resolveMcp } from '../../../src/worker/mcp/resolve-mcp.ts'

const PUBLIC = '93.184.216.34'
const lookup: ResolveHost = async () => [PUBLIC]
const remote = (rest: object = {}) => ({
  files: { type: 'streamable-http' as const, url: 'https://mcp.example.com/mcp', ...rest },
})

async function refusal(
  servers: Parameters<typeof resolveMcp>[0],
  options: Partial<ResolveOptions> = {},
): Promise<Failure> {
  const resolved = resolveMcp(servers, { env: {}, lookup, ...options })
  return resolved.then(
    () => Promise.reject(new Error('was not refused')),
    (failure: Failure) => failure,
  )
}

describe('the MCP servers of an agent', () => {
  it('MCP servers get their secrets from the environment, by name', async () => {
    const servers = {
      ...remote({ headers: { Authorization: `\${FILES_TOKEN}` }, allowedTools: ['read'], timeoutMs: 500 }),
      local: {
        type: 'stdio' as const,
        command: 'server',
        args: [`--db=\${DB}`, '$HOME'],
        env: { KEY: `\${DB}` },
      },
    }
    const env = { FILES_TOKEN: 'Bearer abc', DB: 'postgres' }
    expect(await resolveMcp(servers, { env, lookup })).toEqual({
      files: {
        type: 'streamable-http',
        url: 'https://mcp.example.com/mcp',
        headers: { Authorization: 'Bearer abc' },
        loopback: false,
        addresses: [PUBLIC],
        allowedTools: ['read'],
        timeoutMs: 500,
      },
      local: { type: 'stdio', command: 'server', args: ['--db=postgres', '$HOME'], env: { KEY: 'postgres' } },
    })
  })

  it.each([
    ['is not set', {}],
    ['is not set', { TOKEN: '' }],
    ['holds a line break', { TOKEN: 'hush-hush\r\nX-Evil: 1' }],
  ])('the failure names the variable whose secret %s, and never its value', async (why, env) => {
    const failure = await refusal(remote({ headers: { Authorization: `\${TOKEN}` } }), { env })
    expect(failure).toMatchObject({ code: 'CONFIG', detail: { server: 'files', variable: 'TOKEN' } })
    expect(failure.message).toContain(`TOKEN, which ${why}`)
    expect(JSON.stringify([failure.message, failure.hint, failure.detail])).not.toContain('hush')
  })

  it('a literal in place of a secret is refused without being shown', async () => {
    const failure = await refusal(remote({ headers: { Authorization: 'Bearer hush-hush' } }))
    expect(failure).toMatchObject({ code: 'REFUSED', detail: { server: 'files', key: 'Authorization' } })
    expect(failure.message + failure.hint).not.toContain('hush')
  })

  it.each([
    '127.0.0.1',
    '10.0.0.7',
    '172.16.1.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    'fe80::1',
    'fc00::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    'fd00:ec2::254',
  ])('a server whose name resolves to %s is refused, also among public addresses', async (address) => {
    const answers = async () => [PUBLIC, address]
    const failure = await refusal(remote(), { lookup: answers })
    expect(failure).toMatchObject({ code: 'REFUSED', detail: { host: 'mcp.example.com', address } })
    expect((await refusal(remote(), { lookup: answers, draft: true })).code).toBe('REFUSED')
  })

  it('a server whose name has no address is refused with that reason', async () => {
    for (const silent of [async () => [], () => Promise.reject(new Error('ENOTFOUND'))])
      expect(await refusal(remote(), { lookup: silent })).toMatchObject({ code: 'REMOTE_FAILED' })
  })

  it('a server may be on this machine for a draft alone, and on no other private one', async () => {
    const own = remote({ url: 'http://localhost:3000/mcp' })
    expect((await refusal(own)).code).toBe('REFUSED')
    const here = async () => ['127.0.0.1', '::1']
    const resolved = await resolveMcp(own, { env: {}, lookup: here, draft: true })
    expect(resolved.files).toMatchObject({ loopback: true, addresses: ['127.0.0.1', '::1'] })
    expect((await refusal(own, { draft: true, lookup: async () => [PUBLIC] })).code).toBe('REFUSED')
  })

  it('the URL of a server is filled in with declared variables, which cannot choose the host', async () => {
    const url = 'https://{tenant}.example.com/{area}'
    const variables = { tenant: { choices: ['acme', 'evil'] }, area: { default: 'main' } }
    const fill = (values: Record<string, string>) =>
      resolveMcp(remote({ url, variables }), { env: {}, lookup, variables: values })
    expect((await fill({ tenant: 'acme' })).files).toMatchObject({ url: 'https://acme.example.com/main' })
    await expect(fill({})).rejects.toMatchObject({ code: 'CONFIG', detail: { variable: 'tenant' } })
    await expect(fill({ tenant: 'other' })).rejects.toMatchObject({ code: 'CONFIG' })
    await expect(fill({ tenant: 'acme', area: 'a@10.0.0.1/' })).rejects.toMatchObject({ code: 'CONFIG' })
  })
})
