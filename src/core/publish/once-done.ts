/** What `work` gives, once something else is done, whose failure comes first. */
export async function onceDone<Answer>(first: Promise<void>, work: Promise<Answer>): Promise<Answer> {
  work.catch(() => {})
  await first
  return work
}
