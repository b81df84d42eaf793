import { mapKnown } from '../../known.js'
import type { Host, SectionName, Sections } from '../../node/model.js'

/** The host with one section changed; a section that was not read stays so. */
export function withSection<N extends SectionName>(
  host: Host,
  name: N,
  change: (value: Sections[N]) => Sections[N],
): Host {
  const section = host.sections[name] as Host['sections'][N]
  return { ...host, sections: { ...host.sections, [name]: mapKnown(section as never, change as never) } }
}
