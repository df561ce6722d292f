import { expect } from 'vitest'
import { ROUTES } from '../../../src/api/routes/routes.ts'
import { bundlePath } from '../../../src/contract/protocol/bundle-path.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { type Packed, publish, resultOf } from '../../cloud/support/definitions.ts'
import { type ApiUnderTest, ORIGIN, type Read } from './api-under-test.ts'

/** Raises a preview, which shows production. */
export async function raisePreview({ ports: { service } }: ApiUnderTest, name: string): Promise<void> {
  const p_request = { name, origin: 'local', actor: 'test@example.com' }
  const { error } = await service.rpc('registry_preview_up', { p_request })
  if (error) throw error
}

/**
 * Publishes a branch into its preview, as the checks of the branch do.
 * @param inside the registry in that preview
 */
export async function publishInside(inside: Registry, packed: readonly Packed[], kind = 'agents') {
  const own = packed.map(({ archive, item }) => {
    const path = bundlePath(kind, item.id, item.digest, inside.preview)
    return { archive, item: { ...item, bundle: { ...item.bundle, path } } }
  })
  return resultOf(await publish(inside, own, { kind }))
}

/** Reads in a preview; every answer must match the document and be private. */
export function readerIn(api: ApiUnderTest, preview: string, credentials: Record<string, string>) {
  return async (name: string, path: string, headers: Record<string, string> = {}): Promise<Read> => {
    const url = new URL(path, ORIGIN)
    url.searchParams.set('env', preview)
    const answer = await api.get(url.pathname + url.search, { ...credentials, ...headers })
    expect([path, answer.status, answer.status === 200 ? '' : answer.text]).toEqual([path, 200, ''])
    const shape = ROUTES.find((route) => route.name === name)?.responses[200]?.schema
    expect(shape?.safeParse(answer.json).error?.issues).toBeUndefined()
    expect(answer.headers.get('cache-control')).toBe('private, no-store')
    for (const kept of ['vercel-cdn-cache-control', 'vercel-cache-tag'])
      expect(answer.headers.get(kept)).toBeNull()
    expect(answer.headers.get('vary')).toMatch(/Authorization, apikey, X-Nofx-Env$/)
    return answer
  }
}
