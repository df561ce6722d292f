import { randomUUID } from 'node:crypto'
import { readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { createEmbeddedRegistry } from '../../src/cloud/embedded/open-embedded.ts'
import { openHosted } from '../../src/cloud/hosted/open-hosted.ts'
import { SILENT } from '../../src/core/progress.ts'
import type { Registry } from '../../src/core/registry/registry.ts'
import { verifyBundles } from '../../src/core/verify/verify.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'
import { packAgent, publish, resultOf } from './support/definitions.ts'
import { type HttpCloud, serveCloud } from './support/http-cloud.ts'
import { temporaryRoot } from './support/temporary-folder.ts'

const root = temporaryRoot()
let cloud: Cloud
let http: HttpCloud
const registries: Record<string, Registry> = {}

beforeAll(async () => {
  await placeEmbedded(root.path)
  cloud = await openCloud({ root: root.path })
  http = await serveCloud(cloud)
  registries['in this process'] = createEmbeddedRegistry(cloud, [agents], 'embedded .nofx')
  const retry = { attempts: 2, firstPauseMs: 1 }
  registries['over HTTP'] = openHosted({ url: http.url, secretKey: cloud.keys.secret, retry })
})
afterAll(async () => {
  await http?.close()
  await cloud?.close()
  root.remove()
})

const fileOf = (path: string) => join(root.path, '.nofx/storage/registry', path)
const bucket = () => cloud.client.storage.from('registry')

interface Damage {
  make: (path: string) => unknown
  /** The problem that the size alone shows, and the one that the bytes show. */
  plain: string | undefined
  deep: string
}

const DAMAGES: Record<string, Damage> = {
  'loses its bytes': { make: (path) => rmSync(fileOf(path)), plain: 'missing', deep: 'missing' },
  'is removed with its row': {
    make: (path) => bucket().remove([path]),
    plain: 'missing',
    deep: 'missing',
  },
  'is cut short': { make: (path) => truncateSync(fileOf(path), 9), plain: 'changed', deep: 'changed' },
  'is emptied': { make: (path) => truncateSync(fileOf(path), 0), plain: 'changed', deep: 'changed' },
  grows: {
    make: (path) => writeFileSync(fileOf(path), 'x', { flag: 'a' }),
    plain: 'changed',
    deep: 'changed',
  },
  'gets other bytes of the same size': {
    make: (path) => writeFileSync(fileOf(path), readFileSync(fileOf(path)).fill(7, 20, 24)),
    plain: undefined,
    deep: 'changed',
  },
  'has its bytes moved away': {
    make: (path) => renameSync(fileOf(path), `${fileOf(path)}.away`),
    plain: 'missing',
    deep: 'missing',
  },
}

describe.each(['in this process', 'over HTTP'])('verify of a registry %s', (where) => {
  test.each(Object.keys(DAMAGES))(
    'verify names a bundle that %s, or says that bundles were not checked',
    async (name) => {
      const registry = registries[where]!
      const { make, plain, deep } = DAMAGES[name]!
      const [lost, whole] = [
        packAgent(`v-${randomUUID()}`, 'Lost.\n'),
        packAgent(`v-${randomUUID()}`, 'Whole.\n'),
      ]
      resultOf(await publish(registry, [lost, whole]))
      const seen = async (options: { deep: boolean }) => {
        const { checked, compared, damaged } = await verifyBundles(registry, [agents], options, SILENT)
        expect(checked).toBeGreaterThanOrEqual(2)
        const ours = damaged.filter(({ id }) => id === lost.item.id || id === whole.item.id)
        return { compared, problems: ours.map(({ id, problem }) => `${id} ${problem}`) }
      }
      await make(lost.item.bundle.path)
      const at = (problem: string | undefined) => (problem ? [`${lost.item.id} ${problem}`] : [])
      expect(await seen({ deep: false })).toEqual({ compared: 'size', problems: at(plain) })
      expect(await seen({ deep: true })).toEqual({ compared: 'hash', problems: at(deep) })
    },
  )
})

test('verify fails when storage does not answer, and calls no bundle missing', async () => {
  const registry = registries['over HTTP']!
  resultOf(await publish(registry, [packAgent(`v-${randomUUID()}`, 'Here.\n')]))
  for (const fault of ['drop', 503, 401] as const) {
    http.fault = ({ path }) => (path.startsWith('/storage/') ? fault : undefined)
    for (const deep of [false, true])
      await expect(verifyBundles(registry, [agents], { deep }, SILENT)).rejects.toMatchObject({ exit: 3 })
  }
  http.fault = () => undefined
})
