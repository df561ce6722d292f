import { randomUUID } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Principal } from '../../../src/edge/auth/principal.ts'
import { createReportHandler } from '../../../src/edge/handlers/report-handler.ts'

const manifest = { kind: 'agents', id: 'a', change: 'added', file: 'agent.json', text: '{}' }

function report(more: object = {}) {
  const id = randomUUID()
  return {
    id,
    key: `validate-${id}`,
    origin: 'validate',
    verdict: 'refused',
    actor: 'whoever',
    commit: { sha: 'c1' },
    counts: { definitions: 1, errors: 1, warnings: 0 },
    summary: { added: 1 },
    findings: [{ path: 'a', line: 1, column: 1, severity: 'error', rule: 'NOFX_X', message: 'm', hint: 'h' }],
    manifests: [manifest],
    singulars: { agents: 'agent' },
    ...more,
  }
}

interface Setting {
  principal?: Principal
  anonymous?: boolean
  /** Names of calls that fail. */
  broken?: string[]
}

/** A handler over ports that record their calls. */
function handler({ principal, anonymous, broken = [] }: Setting = {}) {
  const asked: [string, unknown][] = []
  const ask = async (name: string, what: unknown, data?: unknown) => {
    asked.push([name, what])
    return broken.includes(name) ? { error: { code: 'XX000', message: 'broken' } } : { data }
  }
  const orThrow = ({ error }: { error?: object }) => {
    if (error) throw new Error('broken')
  }
  const handle = createReportHandler({
    rpc: async (name, args) =>
      ask(
        name,
        args,
        name === 'registry_prune_reports' ? ['reports/old.json.gz'] : { reportId: 'kept', seq: 1 },
      ),
    store: async (path, content) => orThrow(await ask('store', { path, ...JSON.parse(content) })),
    remove: async (paths) => orThrow(await ask('remove', paths)),
    ...(principal || anonymous ? { authenticate: async () => principal } : {}),
  })
  const post = async (body: unknown, init: RequestInit = {}) => {
    const headers = { 'content-type': 'application/json' }
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    const response = await handle(
      new Request('http://x/reports', { method: 'POST', headers, body: text, ...init }),
    )
    return { status: response.status, body: await response.json() }
  }
  return { post, asked, names: () => asked.map(([name]) => name) }
}

describe('the reports of a registry', () => {
  it('the function stores manifests, then the report that names them, and removes reports that are too old', async () => {
    const { post, asked } = handler()
    const sent = report()
    expect(await post(sent)).toEqual({ status: 200, body: { ok: true, result: { reportId: 'kept' } } })
    const path = `reports/${sent.id}.json.gz`
    const { manifests, ...row } = sent
    expect(asked).toEqual([
      ['store', { path, nofxReport: 1, reportId: sent.id, manifests }],
      ['registry_keep_report', { p: { ...row, code: 'FINDINGS', manifests: path } }],
      ['registry_prune_reports', {}],
      ['remove', ['reports/old.json.gz']],
    ])
  })

  it('the function records a refused publish as such, and stores nothing when there are no manifests', async () => {
    const { post, names } = handler()
    await post(report({ origin: 'publish', manifests: [] }))
    expect(names()).toEqual(['registry_report', 'registry_prune_reports', 'remove'])
  })

  it('the function accepts reports of principals that may publish or write previews, under their proven name', async () => {
    const token = { issuer: 'https://ci', id: 'jti', expiresAt: 2e9 }
    const job: Principal = {
      via: 'identity',
      actor: 'acme/app',
      kinds: [],
      previewsOnly: true,
      token,
    } as Principal
    const ci = handler({ principal: job })
    expect((await ci.post(report())).status).toBe(200)
    expect(ci.names().slice(0, 3)).toEqual(['registry_claim_token', 'store', 'registry_keep_report'])
    expect(ci.asked[2]).toMatchObject(['registry_keep_report', { p: { actor: 'acme/app' } }])
    const anonymous = handler({ anonymous: true })
    expect(await anonymous.post(report())).toMatchObject({
      status: 401,
      body: { error: { code: 'REMOTE_DENIED' } },
    })
    expect(anonymous.asked).toEqual([])
  })

  it.each<[what: string, body: unknown, status: number]>([
    ['no JSON', '{', 400],
    ['an unknown field', report({ extra: 1 }), 400],
    ['an id that is a path', report({ id: '../x' }), 400],
    ['a character that no database keeps', report({ actor: 'a\0' }), 400],
    ['more findings than are kept', report({ findings: Array(1001).fill(report().findings[0]) }), 400],
    ['a singular that is not a word', report({ singulars: { agents: 'A::b' } }), 400],
    ['a body over the limit', report({ manifests: [{ ...manifest, text: 'x'.repeat(1_000_000) }] }), 413],
  ])('the function refuses %s and stores nothing', async (_what, body, status) => {
    const { post, asked } = handler()
    expect(await post(body)).toMatchObject({ status, body: { ok: false, error: { code: 'REFUSED' } } })
    expect(asked).toEqual([])
  })

  it('the function stores no report without its manifests, and a failed pruning fails no report', async () => {
    const half = handler({ broken: ['store'] })
    expect(await half.post(report())).toMatchObject({
      status: 500,
      body: { error: { code: 'REMOTE_FAILED' } },
    })
    expect(half.names()).toEqual(['store'])
    for (const broken of ['registry_prune_reports', 'remove'])
      expect((await handler({ broken: [broken] }).post(report())).status).toBe(200)
  })

  it('the function accepts POST alone', async () => {
    expect((await handler().post(report(), { method: 'PUT' })).status).toBe(405)
  })
})
