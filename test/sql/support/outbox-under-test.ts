import type { Row, TestDatabase } from '../../harness/database.ts'
import { fresh, RegistryUnderTest } from './registry-under-test.ts'

/** A batch as `registry_lease_deliveries` returns it. */
export interface LeasedRow {
  webhook: string
  url: string
  deployment: boolean
  secret: string | null
  oldSecret: string | null
  lease: string
  id: string
  since: number
  cursor: number
  missed: boolean
  events: { seq: number; type: string; kind: string; id: string; version: number | null }[]
}

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

/** The outbox of one database, with the rights of a forwarder. */
export class OutboxUnderTest extends RegistryUnderTest {
  async add(wanted: Row = {}): Promise<string> {
    const { deployment = false } = wanted
    const { id } = await this.call<{ id: string }>('registry_add_webhook', {
      url: `https://${fresh('host')}.example.com/hook`,
      deployment,
      secret: deployment ? null : SECRET,
      kinds: [],
      types: [],
      audience: 'public',
      actor: 'ann',
      ...wanted,
    })
    return id
  }

  async lease(limit = 20): Promise<LeasedRow[]> {
    const request = { limit, seconds: 30 }
    return (await this.call<{ deliveries: LeasedRow[] }>('registry_lease_deliveries', request)).deliveries
  }

  settle({ webhook, lease }: LeasedRow, outcome: string, more: Row = {}): Promise<Row> {
    return this.call('registry_settle_delivery', { webhook, lease, outcome, status: 200, ...more })
  }

  async one(id: string): Promise<Row> {
    const all = await this.call<Row[]>('registry_list_webhooks')
    return all.find((row) => row.id === id)!
  }

  /** Moves the clock to the next attempt, or to the end of the lease. */
  async wait(id: string): Promise<void> {
    await this.db.query(
      'update public.registry_webhooks set next_at = now(), lease_until = null where id = $1',
      [id],
    )
  }

  /** Publishes one more version of an agent that no other test uses. */
  async publishSome(count = 1, state = 'active'): Promise<string[]> {
    const ids = Array.from({ length: count }, () => fresh('agent'))
    await this.publish(ids.map((id) => ({ id, state })))
    return ids
  }
}

/** A separate database without destinations. */
export async function emptyOutbox(db: TestDatabase): Promise<OutboxUnderTest> {
  await db.query('delete from public.registry_webhooks')
  return new OutboxUnderTest(db, 'agents')
}
