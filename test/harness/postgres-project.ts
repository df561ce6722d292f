import { type EmptyDatabase, emptyDatabase } from './empty-database.ts'
import { TestProject } from './project.ts'

/** A project whose registry is a PostgreSQL: its commands take half the time of those that boot PGlite. */
export class PostgresProject extends TestProject {
  readonly database: EmptyDatabase

  private constructor(database: EmptyDatabase) {
    super({ NOFX_DATABASE_URL: database.url })
    this.database = database
  }

  static async create(): Promise<PostgresProject> {
    return new PostgresProject(await emptyDatabase())
  }

  override async remove(): Promise<void> {
    super.remove()
    await this.database.drop()
  }
}
