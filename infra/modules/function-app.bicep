@description('Name of the Function App, and of its plan with "plan-" before it.')
@minLength(2)
@maxLength(55)
param name string

@description('Name of the service in azure.yaml that is deployed to it.')
param serviceName string

@description('Region of the app.')
param location string

@description('Tags of every resource of this deployment.')
param tags object

@description('Identity that the app runs as.')
param identityId string

@description('Client id of that identity.')
param identityClientId string

@description('Storage account of the host, of the packages and of large payloads.')
param storageAccountName string

@description('Blob endpoint of that account, with a slash at the end.')
param blobEndpoint string

@description('Container of the deployment packages.')
param deploymentContainer string

@description('Memory of an instance in MB.')
@allowed([ 512, 2048, 4096 ])
param instanceMemoryMB int

@description('Most instances.')
@minValue(40)
@maxValue(1000)
param maximumInstanceCount int

@description('Instances that are always there, for requests and for orchestrations each. 0: the app scales to zero.')
@minValue(0)
@maxValue(20)
param alwaysReady int

@description('Requests that an instance takes at once before another is started. Most of them wait: for a store, or for an execution to answer.')
@minValue(1)
@maxValue(1000)
param requestsPerInstance int = 64

@description('Settings of the application beyond those of the host.')
param appSettings object

@description('Application Insights component that telemetry goes to.')
param insightsName string

@description('Workspace that the diagnostics go to.')
param workspaceId string

@description('Subnet that the app\'s own connections start from; empty: none.')
param subnetId string

@description('Spread the plan over zones.')
param zoneRedundant bool

resource insights 'Microsoft.Insights/components@2020-02-02' existing = {
  name: insightsName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: 'plan-${name}'
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
    zoneRedundant: zoneRedundant
  }
}

var warm = alwaysReady == 0 ? [] : [
  {
    name: 'http'
    instanceCount: alwaysReady
  }
  {
    name: 'durable'
    instanceCount: alwaysReady
  }
]

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': serviceName })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    clientAffinityEnabled: false
    publicNetworkAccess: 'Enabled'
    keyVaultReferenceIdentity: identityId
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.3'
      scmMinTlsVersion: '1.2'
      ftpsState: 'Disabled'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${blobEndpoint}${deploymentContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maximumInstanceCount
        alwaysReady: warm
        triggers: {
          http: {
            perInstanceConcurrency: requestsPerInstance
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      // Instances finish what they do and are replaced in turns: the plan has no slots.
      siteUpdateStrategy: {
        type: 'RollingUpdate'
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(appSettings, {
    AzureWebJobsStorage__accountName: storageAccountName
    AzureWebJobsStorage__credential: 'managedidentity'
    AzureWebJobsStorage__clientId: identityClientId
    // No key: the component takes telemetry from identities only.
    APPLICATIONINSIGHTS_CONNECTION_STRING: insights.properties.ConnectionString
    APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
    AzureWebJobsDisableHomepage: 'true'
  })
}

// Deployment comes with an identity; nobody signs in to the app's own sites with a password.
resource passwords 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = [for site in [ 'ftp', 'scm' ]: {
  parent: app
  name: site
  properties: {
    allow: false
  }
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  scope: app
  name: 'log-analytics'
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'FunctionAppLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

output id string = app.id
output name string = app.name
output url string = 'https://${app.properties.defaultHostName}'
