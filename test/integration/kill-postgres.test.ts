import { emptyDatabase } from '../harness/cloud-database.ts'
import { describeKills } from './support/kill-points.ts'

const SESSIONS = `select from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`
const STORED = `select exists (
  select from storage.objects o join nofx_storage.bytes b
    on b.bucket = o.bucket_id and b.key = o.name and b.etag = o.metadata ->> 'eTag'
  where o.name = $1 and length(b.body) = $2) as found`

describeKills('a PostgreSQL server', 51, async () => {
  const { url, query, drop } = await emptyDatabase()
  const has = async (path: string, size: number) => (await query(STORED, [path, size]))[0]?.found === true
  return {
    env: { NOFX_DATABASE_URL: url },
    inspect: (_project, look) => look({ query }, { has }),
    isOpening: async () => (await query(SESSIONS)).length > 0,
    drop,
  }
})
