import { expect, test } from 'vitest'
import { openDataFolder } from '../../src/cloud/embedded/database/data-folder.ts'
import { loadKeys } from '../../src/cloud/embedded/keys.ts'
import { openHosted } from '../../src/cloud/hosted/open-hosted.ts'
import { serveDev } from '../../src/dev/serve-dev.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { readEvents, STREAM } from '../api/support/event-reader.ts'
import { packAgent, publish, resultOf } from '../cloud/support/definitions.ts'
import { temporaryRoot } from '../cloud/support/temporary-folder.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'

test('nofx dev streams publishes as they happen, and ends the streams when it closes', async () => {
  const { path: root, remove } = temporaryRoot()
  await placeEmbedded(root)
  const lines: string[] = []
  const server = await serveDev({ root, kinds: [agents], port: 0, log: (line) => lines.push(line) })
  try {
    const { secret } = loadKeys(openDataFolder(root))
    const registry = openHosted({ url: server.url, secretKey: secret, retry: { attempts: 1 } })
    const reader = readEvents(await fetch(`${server.url}/api/events?since=0`, { headers: STREAM }))
    await reader.until(/id: 0/)
    for (const version of [0, 1, 2])
      resultOf(await publish(registry, [packAgent('reviewer', `Version ${version}.`, {}, version)]))
    expect(await reader.events(3)).toEqual([
      '1 agent.added reviewer',
      '2 agent.updated reviewer',
      '3 agent.updated reviewer',
    ])
    const end = reader.toEnd()
    await server.close()
    await end
    expect(lines.find((line) => line.includes('GET /api/events?since=0'))).toMatch(/ 200 \d+ ms /)
  } finally {
    await server.close()
    remove()
  }
})
