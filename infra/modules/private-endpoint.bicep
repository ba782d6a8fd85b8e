@description('Name of the endpoint.')
@minLength(2)
@maxLength(64)
param name string

@description('Region of the endpoint.')
param location string

@description('Tags of every resource of this deployment.')
param tags object

@description('Subnet that the endpoint gets its address from.')
param subnetId string

@description('Resource that is reached by it.')
param targetId string

@description('Part of the resource that is reached: blob, Sql, vault, namespace.')
param groupId string

@description('Private DNS zone in this resource group that gets the address.')
param dnsZone string

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' existing = {
  name: dnsZone
}

resource endpoint 'Microsoft.Network/privateEndpoints@2025-05-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: name
        properties: {
          privateLinkServiceId: targetId
          groupIds: [ groupId ]
        }
      }
    ]
  }
}

resource dns 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = {
  parent: endpoint
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: groupId
        properties: {
          privateDnsZoneId: zone.id
        }
      }
    ]
  }
}
