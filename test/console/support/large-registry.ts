import { packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import { editRows, type RegistryPlace, whileStopped } from './registry-place.ts'

/** Definitions of a large registry. */
export const COUNT = 10_000
/** Lines of a long prompt, each of which another version changes. */
export const LINES = 6000

const HEAD = `kind, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash, latest_digest,
  commit_sha, commit_rank, hold, updated_at, disabled`

/** Copies of a row, because 10,000 publishes would take minutes. */
const COPIES = `
  insert into registry_revisions
    select (jsonb_populate_record(r, jsonb_build_object('id', 'copy-' || lpad(n::text, 5, '0')))).*
    from registry_revisions r, generate_series(1, ${COUNT - 2}) as n where r.id = 'a-first';
  insert into agent_registry (id, ${HEAD})
    select 'copy-' || lpad(n::text, 5, '0'), ${HEAD}
    from agent_registry h, generate_series(1, ${COUNT - 2}) as n where h.id = 'a-first';
  update registry_head_counts c set amount = (select count(*) from registry_heads h
    where (h.kind, h.state, h.version is not null) = (c.kind, c.state, c.live));`

const prompt = (word: string) =>
  Array.from(
    { length: LINES },
    (_none, at) => `${at} ${word} ${'one line of a long prompt '.repeat(3)}\n`,
  ).join('')

/** Fills a registry: `copy-00001` and so on, and `z-large` with a prompt of 500 kB in two versions. */
export async function fillLarge(place: RegistryPlace): Promise<void> {
  await whileStopped(place, async (registry) => {
    const both = ['a-first', 'z-large'].map((id) => packAgent(id, 'You work.\n'))
    resultOf(await publish(registry, both))
    resultOf(await publish(registry, [packAgent('z-large', 'You work well.\n', {}, 1)]))
  })
  await editRows(place, async (session) => {
    await session.run(COPIES)
    // The registry takes texts of up to 256 kB; an older one may have taken more.
    const long = `update registry_revisions set texts = texts || jsonb_build_object('prompts/system.md', $1::text)
      where id = 'z-large' and version = $2::integer`
    await session.rows(long, [prompt('old'), '1'])
    await session.rows(long, [prompt('new'), '2'])
  })
}
