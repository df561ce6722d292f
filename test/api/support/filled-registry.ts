import { commitAt, packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import { type ApiUnderTest, packSamples } from './api-under-test.ts'

/** Characters that are operators in some layer between the query and the data. */
export const ODD = ['%', '_', '*', '(', ')', ',', '.', "'", '"', '\\', ':', '&', '|', '!', 'ß', '日本', '😀']

const prompt = (id: string, version: number) => `You are ${id}, version ${version}.\n`

/** Publishes the samples and some agents of all states: `steady` has three versions, `oddly` all of `ODD` in its words. */
export async function fillRegistry({ ports: { registry } }: ApiUnderTest): Promise<void> {
  const agentsNow = [
    ...packSamples('agents'),
    packAgent('steady', prompt('steady', 1), { tags: ['slow'], version: '1.0.0' }),
    packAgent('oddly', prompt('oddly', 1), { description: `Holds ${ODD.join(' ')} and more.` }),
    packAgent('old-hand', prompt('old-hand', 1), {
      status: 'deprecated',
      deprecation: { message: 'Retired.' },
    }),
    packAgent('hidden', prompt('hidden', 1), { status: 'disabled' }),
    packAgent('sketch', prompt('sketch', 1), { status: 'draft' }),
  ]
  resultOf(await publish(registry, agentsNow, { commit: commitAt(1) }))
  resultOf(await publish(registry, packSamples('templates'), { kind: 'templates', commit: commitAt(2) }))
  for (const version of [2, 3]) {
    const rest = { tags: ['slow'], version: `${version}.0.0` }
    const packed = packAgent('steady', prompt('steady', version), rest, version - 1)
    resultOf(
      await publish(registry, [packed], { commit: commitAt(version + 1), reason: `because ${version}` }),
    )
  }
}

/** Ids of the public agents of `fillRegistry`. */
export const PUBLIC_AGENTS = ['oddly', 'old-hand', 'release-notes', 'reviewer', 'steady', 'triager']
export const ALL_AGENTS = ['hidden', ...PUBLIC_AGENTS, 'sketch'].sort()
