/** What devices print, in the form of their makers' documentation, with addresses of our own; `test/fuzz` changes it. */
export interface Printed {
  readonly what: string
  readonly format: string
  readonly text: string
  readonly entries?: readonly string[]
  readonly ports?: readonly string[]
}

export const PRINTED: readonly Printed[] = [
  {
    what: 'ip neigh',
    format: 'linux',
    text: `10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 REACHABLE
10.0.0.1 dev bond0.10 lladdr 02:00:00:00:00:01 router STALE
10.0.0.9 dev eth0 FAILED
10.0.0.8 dev eth0  INCOMPLETE
10.0.0.7 dev eth0 lladdr 02:00:00:00:00:07 PERMANENT
10.0.0.6 dev eth0 proxy
2001:db8::240 dev eth0 lladdr 02:00:00:00:00:02 router REACHABLE
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic eth0 REACHABLE',
      '10.0.0.1 02:00:00:00:00:01 dynamic bond0.10 vlan 10 STALE',
      '10.0.0.9 - incomplete eth0 FAILED',
      '10.0.0.8 - incomplete eth0 INCOMPLETE',
      '10.0.0.7 02:00:00:00:00:07 static eth0 PERMANENT',
      '2001:db8::240 02:00:00:00:00:02 dynamic eth0 REACHABLE',
    ],
  },
  {
    what: 'ip -s neigh',
    format: 'linux',
    text: '10.0.0.240 dev eth0 lladdr 02:00:00:00:00:02 ref 1 used 20/15/25 probes 4 STALE\n',
    entries: ['10.0.0.240 02:00:00:00:00:02 dynamic eth0 age 15-15 STALE'],
  },
  {
    what: 'ip -j neigh',
    format: 'linux',
    text: JSON.stringify([
      { dst: '10.0.0.240', dev: 'eth0', lladdr: '02:00:00:00:00:02', state: ['STALE'] },
      { dst: '10.0.0.9', dev: 'eth0', state: ['FAILED'] },
      { dst: 'fe80::1', dev: 'eth0', lladdr: '02:00:00:00:00:01', router: null, state: ['REACHABLE'] },
    ]),
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic eth0 STALE',
      '10.0.0.9 - incomplete eth0 FAILED',
      'fe80::1 02:00:00:00:00:01 dynamic eth0 REACHABLE',
    ],
  },
  {
    what: 'bridge fdb',
    format: 'linux',
    text: `02:00:00:00:00:02 dev eth3 vlan 10 master br0
02:00:00:00:00:0b dev eth3 vlan 1 master br0 permanent
33:33:00:00:00:01 dev eth3 self permanent
`.replace(/^33.*\n/m, ''),
    ports: ['02:00:00:00:00:02 10 eth3 dynamic', '02:00:00:00:00:0b 1 eth3 static'],
  },
  {
    what: 'show ip arp of IOS',
    format: 'cisco-ios',
    text: `edge-1#show ip arp
Protocol  Address          Age (min)  Hardware Addr   Type   Interface
Internet  10.0.0.1                -   0000.5e00.0101  ARPA   Vlan10
Internet  10.0.0.240              4   0200.0000.0002  ARPA   Vlan10
Internet  10.0.0.241            122   0200.0000.0003  ARPA   GigabitEthernet0/0/1.20
Internet  10.0.0.9                0   Incomplete      ARPA
edge-1#
`,
    entries: [
      '10.0.0.1 00:00:5e:00:01:01 own Vlan10 vlan 10',
      '10.0.0.240 02:00:00:00:00:02 dynamic Vlan10 vlan 10 age 240-299',
      '10.0.0.241 02:00:00:00:00:03 dynamic GigabitEthernet0/0/1.20 vlan 20 age 7320-7379',
      '10.0.0.9 - incomplete - age 0-59 Incomplete',
    ],
  },
  {
    what: 'show ipv6 neighbors of IOS',
    format: 'cisco-ios',
    text: `IPv6 Address                              Age Link-layer Addr State Interface
2001:DB8::240                               4 0200.0000.0002  STALE Vl10
2001:DB8::9                                 0 -               INCMP Vl10
FE80::1                                     0 0200.0000.0001  REACH Vl10
`,
    entries: [
      '2001:db8::240 02:00:00:00:00:02 dynamic Vl10 vlan 10 age 240-299 STALE',
      '2001:db8::9 - incomplete Vl10 vlan 10 age 0-59 INCMP',
      'fe80::1 02:00:00:00:00:01 dynamic Vl10 vlan 10 age 0-59 REACH',
    ],
  },
  {
    what: 'show mac address-table of IOS',
    format: 'cisco-ios',
    text: `          Mac Address Table
-------------------------------------------

Vlan    Mac Address       Type        Ports
----    -----------       --------    -----
 All    0100.0ccc.cccc    STATIC      CPU
  10    0200.0000.0002    DYNAMIC     Gi1/0/3
Total Mac Addresses for this criterion: 2
`,
    ports: ['01:00:0c:cc:cc:cc - CPU static', '02:00:00:00:00:02 10 Gi1/0/3 dynamic'],
  },
  {
    what: 'show mac address-table of a 6500',
    format: 'cisco-ios',
    text: `Legend: * - primary entry
        age - seconds since last seen
        n/a - not available

  vlan   mac address     type    learn     age              ports
------+----------------+--------+-----+----------+--------------------------
*   10  0200.0000.0002   dynamic  Yes          5   Gi1/3
    20  0200.0000.0003    static  No           -   Router
`,
    ports: ['02:00:00:00:00:02 10 Gi1/3 dynamic', '02:00:00:00:00:03 20 Router static'],
  },
  {
    what: 'show ip arp of NX-OS',
    format: 'cisco-nxos',
    text: `
Flags: * - Adjacencies learnt on non-active FHRP router
       + - Adjacencies synced via CFSoE

IP ARP Table for context default
Total number of entries: 4
Address         Age       MAC Address     Interface       Flags
10.0.0.240      00:12:32  0200.0000.0002  Vlan10
10.0.0.241         1d02h  0200.0000.0003  Ethernet1/1.20  +
10.0.0.1            -     0000.0c9f.f00a  Vlan10
10.0.0.9        00:00:05  INCOMPLETE      Vlan10
`,
    entries: [
      '10.0.0.240 02:00:00:00:00:02 dynamic Vlan10 vlan 10 age 752-752',
      '10.0.0.241 02:00:00:00:00:03 dynamic Ethernet1/1.20 vlan 20 age 93600-93600',
      '10.0.0.1 00:00:0c:9f:f0:0a own Vlan10 vlan 10',
      '10.0.0.9 - incomplete Vlan10 vlan 10 age 5-5 INCOMPLETE',
    ],
  },
  {
    what: 'show ipv6 neighbor of NX-OS',
    format: 'cisco-nxos',
    text: `IPv6 Adjacency Table for VRF default
Total number of entries: 2
Address         Age       MAC Address     Pref Source     Interface
2001:db8:10:20:30:40:50:240
                   16w3d  0200.0000.0002  50   icmpv6     Vlan10
fe80::1         00:00:41  0000.0000.0000  255  icmpv6     Vlan10          #
`,
    entries: [
      '2001:db8:10:20:30:40:50:240 02:00:00:00:00:02 dynamic Vlan10 vlan 10 age 9936000-9936000',
      'fe80::1 - incomplete Vlan10 vlan 10 age 41-41 0000.0000.0000',
    ],
  },
  {
    what: 'show mac address-table of NX-OS',
    format: 'cisco-nxos',
    text: `Legend:
        * - primary entry, G - Gateway MAC, (R) - Routed MAC, O - Overlay MAC
        age - seconds since last seen,+ - primary entry using vPC Peer-Link,
     VLAN       MAC Address       Type     age    Secure  NTFY     Ports
------------+-----------------+----------+-------+------+------+------------------
G    100      0200.0000.00aa   static     -        F      F    sup-eth1(R)
*    10       0200.0000.0002   dynamic    0        F      F    Eth1/3
+    20       0200.0000.0003   dynamic    30       F      F    Po10
`,
    ports: [
      '02:00:00:00:00:aa 100 sup-eth1(R) static',
      '02:00:00:00:00:02 10 Eth1/3 dynamic',
      '02:00:00:00:00:03 20 Po10 dynamic',
    ],
  },
]
