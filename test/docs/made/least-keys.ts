import { LEAST_KEYS, type LeastKey } from '../../../src/cli/least-key.ts'
import { table } from './table.ts'

const NEEDS: Record<LeastKey, string> = {
  none: 'nothing: the command does not use the registry, or works without it',
  publishable: '`SUPABASE_PUBLISHABLE_KEY`',
  publisher: 'a publisher: `nofx login` or `NOFX_TOKEN`; for a CI job its identity',
  secret: '`SUPABASE_SECRET_KEY`',
}

/** The commands by the least key that a hosted project asks for. */
export function leastKeyTable(): string {
  const rows = (Object.keys(NEEDS) as LeastKey[]).map((least) => {
    const ids = Object.keys(LEAST_KEYS).filter((id) => LEAST_KEYS[id] === least)
    return [NEEDS[least], ids.map((id) => `\`${id.replaceAll(':', ' ')}\``).join(', ')]
  })
  return table(['least key', 'commands'], rows)
}
