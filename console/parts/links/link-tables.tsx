import type { Links } from '../../data/links.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'

type Need = Links['needs'][number]
type Dependent = Links['neededBy'][number]

/** Both directions as lists; the picture says the same. */
export function LinkTables({ links: { needs, neededBy, more } }: { links: Links }) {
  return (
    <>
      <LinkList title="Needed by" links={neededBy} nothing="Nothing needs it.">
        {(link) => (link.version === null ? 'a draft' : `v${link.version}`)}
      </LinkList>
      <LinkList title="Needs" links={needs} nothing="It needs nothing.">
        {({ live }) => (live ? `v${live.version}` : 'nothing live')}
      </LinkList>
      {more && <p class="soft note">There are more: the server shows up to 200 in each direction.</p>}
    </>
  )
}

interface ListProps<One> {
  title: string
  links: readonly One[]
  nothing: string
  /** What is live at the other end. */
  children: (link: One) => string
}

function LinkList<One extends Need | Dependent>({ title, links, nothing, children: live }: ListProps<One>) {
  return (
    <section class="part">
      <h2>
        {title} <span class="soft count">{links.length > 0 && links.length.toLocaleString('en')}</span>
      </h2>
      {links.length === 0 && <p class="soft note">{nothing}</p>}
      <ul class="links">
        {links.map((link) => {
          const { kind, id, relation, range, provides, met } = link
          return (
            <li key={`${kind}/${id} ${relation} ${range} ${provides}`} class="link">
              <span class="link-name">
                <Link to={`/${kind}/${id}`}>
                  <Foreign text={id} />
                </Link>{' '}
                <span class="soft">{kind}</span>
              </span>
              <span class="soft">
                {relation} {range !== null && <Foreign text={range} />}
                {provides !== undefined && <Foreign text={provides} />}
              </span>
              <span>{live(link)}</span>
              <span class={met ? 'soft' : 'is-danger'}>{met ? 'met' : 'not met'}</span>
            </li>
          )
        })}
      </ul>
    </section>
  )
}
