import { createClient } from '@supabase/supabase-js'
import { openDataFolder } from '../../../src/cloud/embedded/database/data-folder.ts'
import { type Keys, loadKeys } from '../../../src/cloud/embedded/keys.ts'
import { type DevServer, serveDev } from '../../../src/dev/serve-dev.ts'
import { withoutRealtime } from '../../../src/edge/http/client-options.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { temporaryRoot } from '../../cloud/support/temporary-folder.ts'
import { type CloudDatabase, openedDatabase } from '../../harness/cloud-database.ts'
import { TestProject } from '../../harness/project.ts'

export const PASSWORD = 'correct horse battery staple'

/** A project whose commands use a hosted registry: `nofx dev` on loopback, with Auth, functions and a PostgreSQL. */
export class HostedProject extends TestProject {
  readonly keys: Keys
  readonly url: string
  /** The lines of the server: one for each request. */
  readonly lines: string[]
  readonly database: CloudDatabase
  private readonly ends: () => Promise<void>

  private constructor(
    server: DevServer,
    keys: Keys,
    lines: string[],
    database: CloudDatabase,
    ends: () => Promise<void>,
  ) {
    super({ SUPABASE_URL: server.url }, { resident: true })
    this.keys = keys
    this.url = server.url
    this.lines = lines
    this.database = database
    this.ends = ends
  }

  static async create(): Promise<HostedProject> {
    const database = await openedDatabase()
    const { path: root, remove } = temporaryRoot()
    const lines: string[] = []
    const log = (line: string) => lines.push(line)
    const server = await serveDev({
      root,
      kinds: [servers, agents, skills, templates],
      port: 0,
      databaseUrl: database.url,
      log,
    })
    const ends = async () => {
      await server.close()
      await database.drop()
      remove()
    }
    return new HostedProject(server, loadKeys(openDataFolder(root)), lines, database, ends)
  }

  /** A user of Auth, with the role of a publisher unless it is a guest. */
  async invite(email: string, role: 'publisher' | 'guest' = 'publisher'): Promise<void> {
    const client = createClient(this.url, this.keys.publishable, withoutRealtime(fetch))
    const { error } = await client.auth.signUp({ email, password: PASSWORD })
    if (error) throw error
    if (role === 'publisher') await this.promote(email)
  }

  /** Gives a user a role, as the owner of the project does. */
  async promote(email: string, role = 'publisher'): Promise<void> {
    // The embedded Auth keeps the field as text inside of JSON, so it is replaced as a whole.
    const meta = { provider: 'email', providers: ['email'], nofx_role: role }
    const given = 'update auth.users set raw_app_meta_data = ($1::text)::jsonb where email = $2'
    await this.database.query(given, [JSON.stringify(meta), email])
  }

  /** The environment of a person with an own settings folder, and no key but the publishable one. */
  as(settings: string, more: Record<string, string> = {}): Record<string, string> {
    return {
      XDG_CONFIG_HOME: `${this.root}/.git/${settings}`,
      SUPABASE_PUBLISHABLE_KEY: this.keys.publishable,
      ...more,
    }
  }

  override async remove(): Promise<void> {
    super.remove()
    await this.ends()
  }
}
