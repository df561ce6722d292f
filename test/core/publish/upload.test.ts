import { expect, test } from 'vitest'
import { uploadBundles } from '../../../src/core/publish/upload.ts'
import type { PackedBundle } from '../../../src/core/tree/bundle.ts'
import { registryOf } from '../support/registry.ts'

const bundle = (at: number): PackedBundle => ({
  ref: { path: `agents/a${at}/x.tar.gz`, size: 1, sha256: '0'.repeat(64) },
  archive: Buffer.from([at]),
})
const bundles = (count: number) => Array.from({ length: count }, (_none, at) => bundle(at))
const NEVER = new AbortController().signal

/** A registry whose uploads end when the test ends them. */
function held() {
  const begun: string[] = []
  const end = new Map<string, (error?: Error) => void>()
  const registry = registryOf(
    {},
    {
      upload: ({ path }) =>
        new Promise<void>((resolve, reject) => {
          begun.push(path)
          end.set(path, (error) => (error ? reject(error) : resolve()))
        }),
    },
  )
  return { registry, begun, end: (at: number, error?: Error) => end.get(bundle(at).ref.path)?.(error) }
}

const turn = () => new Promise(setImmediate)

test('only the bundles that storage lacks are sent, each once, and are counted', async () => {
  const stored = new Set([bundle(1).ref.path])
  const registry = registryOf({ stored })
  expect(await uploadBundles(registry, bundles(20), NEVER)).toBe(19)
  expect([...registry.calls].sort()).toEqual(
    bundles(20)
      .filter((_one, at) => at !== 1)
      .map(({ ref }) => `upload ${ref.path}`)
      .sort(),
  )
  expect(await uploadBundles(registry, bundles(20), NEVER)).toBe(0)
})

test('at most 8 uploads are under way at once', async () => {
  const { registry, begun, end } = held()
  const sent = uploadBundles(registry, bundles(10), NEVER)
  await turn()
  expect(begun).toHaveLength(8)
  end(0)
  await turn()
  expect(begun).toHaveLength(9)
  for (let at = 1; at < 10; at++) {
    end(at)
    await turn()
  }
  expect(await sent).toBe(10)
})

test('after a failure nothing new is begun, the uploads under way are waited for, and the failure is passed on', async () => {
  const { registry, begun, end } = held()
  let isOver = false
  const sent = uploadBundles(registry, bundles(20), NEVER).finally(() => {
    isOver = true
  })
  sent.catch(() => {})
  await turn()
  end(1, new Error('storage is full'))
  end(2)
  await turn()
  expect(begun).toHaveLength(8)
  expect(isOver).toBe(false)
  for (const at of [0, 3, 4, 5, 6, 7]) end(at)
  await expect(sent).rejects.toThrow('storage is full')
  expect(begun).toHaveLength(8)
})

test('after an abort nothing new is begun', async () => {
  const { registry, begun, end } = held()
  const stop = new AbortController()
  const sent = uploadBundles(registry, bundles(20), stop.signal)
  sent.catch(() => {})
  await turn()
  stop.abort(new Error('Ctrl-C'))
  for (let at = 0; at < 8; at++) end(at)
  await expect(sent).rejects.toThrow('Ctrl-C')
  expect(begun).toHaveLength(8)
})
