import { type CloudDatabase, openedDatabase } from './cloud-database.ts'
import { type ProjectOptions, TestProject } from './project.ts'

/** A project whose registry is a PostgreSQL: its commands need no PGlite and, by default, no separate processes. */
export class PostgresProject extends TestProject {
  readonly database: CloudDatabase

  private constructor(database: CloudDatabase, options: ProjectOptions) {
    super({ NOFX_DATABASE_URL: database.url }, options)
    this.database = database
  }

  static async create(options: ProjectOptions = { resident: true }): Promise<PostgresProject> {
    return new PostgresProject(await openedDatabase(), options)
  }

  override async remove(): Promise<void> {
    super.remove()
    await this.database.drop()
  }
}
