import { createClient } from '@supabase/supabase-js'
import { beforeEach, describe, expect, test } from 'vitest'
import { bundlePath } from '../../../src/contract/protocol/bundle-path.ts'
import { inPreview, PREVIEW_NAME } from '../../../src/contract/protocol/preview.ts'
import { withoutRealtime } from '../../../src/edge/http/client-options.ts'

describe('the name of a preview', () => {
  test.each(['a', '7', 'pr-123', 'a--b', 'a'.repeat(40)])('the name "%s" is accepted', (name) => {
    expect(name).toMatch(PREVIEW_NAME)
  })

  test.each([
    ['nothing', ''],
    ['41 letters', 'a'.repeat(41)],
    ['a dash in front', '-a'],
    ['a dash behind', 'a-'],
    ['a capital', 'Pr-1'],
    ['an underscore, which a schema has', 'pr_1'],
    ['a dot', 'a.b'],
    ['a slash', 'a/b'],
    ['a quote', 'a"b'],
    ['a second line', 'a\nb'],
    ['a line end', 'a\n'],
    ['a letter that looks like ASCII', 'K'],
    ['a space', 'a b'],
  ])('a name with %s is refused', (_what, name) => {
    expect(name).not.toMatch(PREVIEW_NAME)
    expect(() => inPreview(name, fetch)).toThrow(/is not a valid preview name/)
  })

  test('a preview’s name is the folder of its bundles, beside those of production', () => {
    expect(bundlePath('agents', 'ada', 'd', 'pr-1')).toBe('preview-pr-1/agents/ada/d.tar.gz')
    expect(bundlePath('agents', 'ada', 'd')).toBe('agents/ada/d.tar.gz')
  })
})

describe('a client inside a preview', () => {
  let calls: string[]
  let status: number
  const seen: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const { pathname, search } = new URL(request.url)
    calls.push(`${request.method} ${decodeURIComponent(pathname + search)} ${await request.text()}`)
    return Response.json([], { status })
  }
  const client = createClient(
    'https://abc.supabase.co/below',
    'a-key',
    withoutRealtime(inPreview('pr-1', seen)),
  )
  beforeEach(() => {
    calls = []
    status = 200
  })

  const REST = '/below/rest/v1/rpc/'
  const table = () => client.from('registry_heads').select('id')
  test.each<[what: string, ask: () => PromiseLike<unknown>, call: string]>([
    ['reads a table', () => table(), 'preview_registry_heads?select=id {"p_env":"pr-1"}'],
    [
      'names the rows that it needs',
      () => table().eq('kind', 'agents').eq('id', 'a"b').order('id').limit(1),
      'preview_registry_heads?select=id&kind=eq.agents&id=eq.a"b&order=id.asc&limit=1 {"p_env":"pr-1","p_kind":"agents","p_id":"a\\"b"}',
    ],
    [
      'does not read an id without a kind as a definition’s',
      () => client.from('registry_releases').select('id').eq('id', 'r1'),
      'preview_registry_releases?select=id&id=eq.r1 {"p_env":"pr-1"}',
    ],
    [
      'requests all rows if two kinds are compared',
      () => table().eq('kind', 'agents').eq('kind', 'templates'),
      'preview_registry_heads?select=id&kind=eq.agents&kind=eq.templates {"p_env":"pr-1"}',
    ],
    [
      'keeps every other filter',
      () => table().eq('kind', 'agents').or('id.eq.a,version.gt.2').neq('state', 'removed'),
      'preview_registry_heads?select=id&kind=eq.agents&or=(id.eq.a,version.gt.2)&state=neq.removed {"p_env":"pr-1","p_kind":"agents"}',
    ],
    [
      'reads by a function',
      () => client.rpc('registry_list', { p_kind: 'agents', p_query: { limit: 3 } }),
      'registry_preview_read {"p_env":"pr-1","p_function":"registry_list","p_args":{"p_kind":"agents","p_query":{"limit":3}}}',
    ],
    [
      'leaves unknown functions to the database',
      () => client.rpc('registry_lease_deliveries', {}),
      'registry_preview_read {"p_env":"pr-1","p_function":"registry_lease_deliveries","p_args":{}}',
    ],
    [
      'writes by a function',
      () => client.rpc('registry_instantiate', { p_request: { key: 'k' } }),
      'registry_preview_write {"p_env":"pr-1","p_function":"registry_instantiate","p_args":{"p_request":{"key":"k"}}}',
    ],
    [
      'calls the functions about previews unchanged',
      () => client.rpc('registry_preview_list', {}),
      'registry_preview_list {}',
    ],
  ])('%s', async (_what, ask, call) => {
    await ask()
    expect(calls).toEqual([`POST ${REST}${call}`])
  })

  test('gets answers and refusals unchanged', async () => {
    status = 403
    expect(await table()).toMatchObject({ status: 403 })
  })

  test('uploads to the same storage as production, where the path names the preview', async () => {
    await client.storage.from('registry').upload('preview-pr-1/x', 'bytes')
    expect(calls).toMatchObject([/^POST \/below\/storage\/v1\/object\/registry\/preview-pr-1\/x bytes/])
  })

  test.each<[what: string, ask: () => PromiseLike<unknown>]>([
    ['a write of a table', () => client.from('registry_heads').insert({ id: 'a' })],
    ['a change of a table', () => client.from('registry_heads').update({ id: 'a' }).eq('id', 'b')],
    ['a removal', () => client.from('registry_heads').delete().eq('id', 'b')],
    ['a function by GET', () => client.rpc('registry_list', {}, { get: true })],
    ['an invalid table name', () => client.from('registry_heads/x').select()],
  ])('never sends %s to production', async (_what, ask) => {
    expect(await ask()).toMatchObject({ status: 404, error: { code: 'PT404' } })
    expect(calls).toEqual([])
  })
})
