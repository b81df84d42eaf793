import { announcementsOf, type Lacking } from '../../facts/announcements.js'
import { certain, likely } from '../certainty.js'
import { editObject, listed, objectEvidence } from '../cluster-parts.js'
import { defineRule, type FixStep } from '../define.js'
import { commandEvidence } from '../host-parts.js'
import { sh } from '../shell.js'
import { ipSubject } from '../subject.js'

export const interfaceMissing = defineRule({
  id: 'announcer/interface-missing',
  title: 'The node in charge has none of the interfaces that it should announce on',
  severity: 'error',
  needs: ['cluster', 'announcers', 'hosts'],
  explains: ['wire/no-answer', 'wire/broadcast-not-answered', 'metallb/interface-mismatch'],
  docs: {
    what: 'The announcer is configured with the interfaces to answer on (an L2Advertisement, a CiliumL2AnnouncementPolicy, vip_interface …), and the node in charge of the address has none of them.',
    why: 'Interfaces take no part in who is chosen: the node is in charge, announces nothing, and no other takes its place.',
    confirm: '`ip -brief link` on the node beside the interfaces that the object names.',
    falseAlarms:
      'The snapshot of the host may be older than the interface. A pattern that l2doctor does not understand is not judged.',
    references: [
      'https://metallb.io/configuration/_advanced_l2_configuration/#specify-network-interfaces-that-lb-ip-can-be-announced-from',
      'https://docs.cilium.io/en/stable/network/l2-announcements/#interfaces',
      'metallb/metallb speaker/layer2_controller.go SetBalancer',
      'https://kube-vip.io/docs/installation/flags/',
    ],
  },
  *check({ cluster, announcers, hosts }) {
    for (const one of announcementsOf(cluster, announcers, hosts).lacking) {
      yield {
        subject: ipSubject(one.ip),
        ...(one.because.from === 'election' || one.because.from === 'lease'
          ? certain(`the interfaces of ${one.node} and the objects that name others were read`)
          : likely(`the interfaces of ${one.node} were read; that it is in charge says an object which may be older`)),
        data: one,
        evidence: [
          ...one.objects.map((object) => objectEvidence(object, one.path, one.wanted.join(', '))),
          commandEvidence({ name: one.host, address: one.host }, sh`ip -brief link`, one.has.join('\n')),
        ],
      }
    }
  },
  message: ({ ip, node, wanted, has, objects }: Lacking) =>
    `${node} is in charge of ${ip} but has no interface ${listed(wanted)} (${objects.join(', ')}); it has ${listed(has)}: nobody announces it`,
  fixes: ({ ip, node, objects, path, wanted, has }: Lacking) => [
    {
      summary: `Name an interface that ${node} has, or let only nodes with ${listed(wanted)} be chosen`,
      risk: 'disruptive',
      where: 'cluster',
      steps: [
        { kind: 'look', text: `The interfaces of ${node}`, where: 'node', node, run: sh`ip -brief link` },
        ...objects.map((object) =>
          edit(object, `In ${object} ${path}: name one of ${listed(has)} too, or leave ${node} out by a node selector`),
        ),
      ],
      sideEffects: ['Other addresses that the object is about may move, or be announced on more interfaces.'],
      verify: sh`l2doctor scan --vip ${ip}`,
      undo: 'Restore the former specification.',
    },
  ],
})

function edit(object: string, text: string): FixStep {
  return { kind: 'persistent', text, run: editObject(object) }
}
